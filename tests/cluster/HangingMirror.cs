using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster;

/// <summary>The promise of a dark launch: whatever the new version does, nobody notices.</summary>
[Collection(nameof(OneMesh))]
public sealed class HangingMirror(Mesh mesh)
{
    /// <summary>A live request that waited for its copy would be later by what the mesh waits for a try of the copy (Timeouts.DistributorTry).</summary>
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromSeconds(1);

    [ClusterFact]
    public async Task A_mirror_that_hangs_neither_delays_nor_fails_a_live_request()
    {
        await mesh.ToAsync("canaryVersion=v2");
        var without = await LeastDisturbedAsync();

        await mesh.ToAsync(Rendering.Versions(v2: $"{ClusterSettings.StubRepository}:hang"), "canaryVersion=v2");
        var with = await LeastDisturbedAsync();

        Report.Line($"a mirror that hangs: p50 {Ms(with, 0.5)} and p99 {Ms(with, 0.99)}, with one that answers {Ms(without, 0.5)} and {Ms(without, 0.99)}");
        Assert.All(with.Answers, answer => Assert.Equal("v1", answer.Version));
        Assert.InRange(with.Percentile(0.5), TimeSpan.Zero, without.Percentile(0.5) + (GivesUpAfter / 2));
        Assert.InRange(with.Percentile(0.99), TimeSpan.Zero, without.Percentile(0.99) + GivesUpAfter);
    }

    // Of three batches the one with the lowest p99: what else a machine does moves a p99, too. No batch may lose a request.
    private async Task<Recording> LeastDisturbedAsync()
    {
        List<Recording> batches = [];
        for (var batch = 0; batch < 3; batch++)
            batches.Add(await LoadGenerator.BatchAsync(mesh.Gateway, 700));
        Assert.All(batches, batch => Assert.True(batch.Failed.Count == 0, batch.Failures()));
        return batches.MinBy(batch => batch.Percentile(0.99))!;
    }

    private static string Ms(Recording recording, double share) => $"{recording.Percentile(share).TotalMilliseconds:0} ms";
}
