using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential;

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
