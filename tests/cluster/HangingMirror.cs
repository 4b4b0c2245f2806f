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
        var without = await LoadGenerator.BatchAsync(mesh.Gateway, 1_500);

        await mesh.ToAsync(Rendering.Versions(v2: $"{ClusterSettings.StubRepository}:hang"), "canaryVersion=v2");
        var with = await LoadGenerator.BatchAsync(mesh.Gateway, 1_500);

        Report.Line($"a mirror that hangs: {with.Failed.Count} of {with.Count} requests failed; p99 {with.Percentile(0.99).TotalMilliseconds:0} ms, with one that answers {without.Percentile(0.99).TotalMilliseconds:0} ms");
        Assert.True(with.Failed.Count == 0, with.Failures());
        Assert.All(with.Answers, answer => Assert.Equal("v1", answer.Version));
        Assert.InRange(with.Percentile(0.99), TimeSpan.Zero, without.Percentile(0.99) + GivesUpAfter);
        Assert.InRange(with.Percentile(0.5), TimeSpan.Zero, without.Percentile(0.5) + (GivesUpAfter / 2));
    }
}
