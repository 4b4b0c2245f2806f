using System.Text.Json;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential;

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
