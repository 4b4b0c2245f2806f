using System.Text.Json;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>One request that goes to both sides, as it is written here.</summary>
internal sealed record Probe
{
    public string Method { get; init; } = "GET";
    public string Path { get; init; } = "/";

    /// <summary>The port that is dialled where a sidecar's application dials a Service.</summary>
    public int Port { get; init; } = 80;

    /// <summary>The host header; null for that of the case.</summary>
    public string? Host { get; init; }

    /// <summary>Lines, each <c>name: value</c>.</summary>
    public string[] Headers { get; init; } = [];

    public string Body { get; init; } = "";

    /// <summary>No answer comes earlier than so many milliseconds after the request was begun.</summary>
    public int AtLeast { get; init; }

    /// <summary>The host header: that of a case unless the probe has its own, with the port that is dialled, as clients write it.</summary>
    public string Authority(string host) => (Host ?? host) + (Port == 80 ? "" : $":{Port}");

    /// <summary>The request for who dials an address, with the host of a case, counted as <paramref name="id"/>.</summary>
    public Question To(string address, int port, string host, string id) =>
        new(address, port, Method, Path, [$"host: {Authority(host)}", $"{ReceivedRequests.CaseHeader}: {id}", .. Headers], Body);

    public override string ToString() =>
        $"{Method} {Path}{(Host is null ? "" : $" at {Host}")} {string.Join(", ", Headers)} {Body}".TrimEnd();
}

/// <summary>Where a request enters the mesh, and so which proxy's rules it meets.</summary>
public enum EntryPoint
{
    /// <summary>The gateway's port 80.</summary>
    Gateway,

    /// <summary>The gateway's other port, to which a load balancer passes what came by TLS.</summary>
    SecondPort,

    /// <summary>The sidecar of a pod in the namespace of what is asked, as the requester's is.</summary>
    Sidecar,

    /// <summary>The sidecar of a pod in another namespace.</summary>
    Elsewhere,
}

/// <summary>A case on one side, by one way.</summary>
internal static class CaseRun
{
    /// <summary>A line for what comes of each probe, and one for all that the two versions have received of it.</summary>
    public static async Task<string> OfAsync(ISide side, RoutingCase routing, EntryPoint entry)
    {
        List<string> lines = [];
        foreach (var (index, probe) in routing.Probes.Index())
        {
            var reply = (await side.SendAsync(entry, probe, routing.Host, Id(routing, entry, index)))[0];
            lines.Add($"{probe}: {Outcome.Of(reply).Compared(probe.AtLeast)}");
        }

        if (routing.Http.Contains("mirror", StringComparison.Ordinal))
        {
            await Receipts.CopiesArrivedAsync(side, entry, routing.Name);
        }

        foreach (var version in ComparedObjects.Versions)
        {
            lines.AddRange(Describe(await Receipts.OfAsync(side, version, $"{routing.Name}/{entry}/"), version));
        }

        return string.Join('\n', lines);
    }

    private static string Id(RoutingCase routing, EntryPoint entry, int index) => $"{routing.Name}/{entry}/{index:00}";

    private static IEnumerable<string> Describe(IReadOnlyDictionary<string, Received> received, string version) =>
        from entry in received
        orderby entry.Key
        select $"{entry.Key} came to {version} {entry.Value.Count} times, last as {Outcome.Describe(entry.Value.Last)}";
}

/// <summary>What the applications of one side have received, whoever saw their answers.</summary>
internal static class Receipts
{
    private const int Markers = 20;

    /// <summary>What a version has received of the requests whose id starts so.</summary>
    public static async Task<IReadOnlyDictionary<string, Received>> OfAsync(ISide side, string version, string prefix)
    {
        var question = new Probe { Path = $"/received?of={prefix}" };
        var reply = (await side.SendAsync(EntryPoint.Gateway, question, ComparedObjects.CounterOf(version), "counter"))[0];
        Assert.Equal(200, reply.Status);
        return JsonSerializer.Deserialize<Dictionary<string, Received>>(reply.Body, JsonSerializerOptions.Web)!;
    }

    /// <summary>
    /// Waits until copies of what was sent before have arrived: those of requests that were sent afterwards, by the same way and to the
    /// same pod, have, each of which is copied.
    /// </summary>
    public static async Task CopiesArrivedAsync(ISide side, EntryPoint entry, string name)
    {
        var id = $"marker-of-{name}-{entry}";
        await side.SendAsync(entry, new Probe(), ShareCases.AllCopied.Routing.Host, id, Markers);
        await Eventually.TrueAsync($"{side.Name} has sent the copies of {id}", async () =>
            (await OfAsync(side, "v2", id)).Values.Sum(received => received.Count) == Markers);
    }
}
