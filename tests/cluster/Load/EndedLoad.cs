using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Load;

/// <summary>A load that has ended proves nothing: who waits for its next answers is told.</summary>
[Collection(nameof(OneMesh))]
public sealed class EndedLoad(Mesh mesh)
{
    [ClusterFact]
    public async Task It_has_no_next_answers()
    {
        await using var load = LoadGenerator.Start(mesh.Gateway);
        await load.StopAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => load.NextAsync(1));
    }
}
