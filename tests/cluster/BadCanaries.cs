using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster;

/// <summary>
/// A bad canary at 10 %. Envoy chooses the version once for a request: neither a retry nor the ejection of a pod leads to the other
/// version. So the bound is the canary's share, and nothing of the stable version's.
/// </summary>
[Collection(nameof(OneMesh))]
public sealed class BadCanaries(Mesh mesh)
{
    private const int Weight = 10;
    private const int Requests = 1_500;

    [ClusterTheory]
    [InlineData("error")]
    [InlineData("hang")]
    [InlineData("crash")]
    public async Task A_bad_canary_fails_no_more_than_its_share(string behaviour)
    {
        await mesh.ToAsync(Canary(behaviour));

        await FailsItsShareAtMostAsync($"v2 with {Weight} % and the behaviour '{behaviour}'");
    }

    [ClusterFact]
    public async Task A_canary_without_pods_fails_no_more_than_its_share()
    {
        await mesh.ToAsync("canaryVersion=v2", $"canaryWeight={Weight}");
        await ScaleCanaryAsync(0);
        try
        {
            await FailsItsShareAtMostAsync($"v2 with {Weight} % and no pod");
        }
        finally
        {
            await ScaleCanaryAsync(3);
        }
    }

    private async Task FailsItsShareAtMostAsync(string what)
    {
        var recording = await LoadGenerator.BatchAsync(mesh.Gateway, Requests);

        var (_, most) = ShareTest.Acceptance(recording.Count, Weight / 100.0);
        Report.Line($"{what}: {recording.Failed.Count} of {recording.Count} requests failed (bound {most}); {recording.Failures()}");
        Assert.InRange(recording.Failed.Count, 0, most);
        Assert.Equal(recording.Count - recording.Failed.Count - recording.By("v2"), recording.By("v1"));
    }

    private Task<string> ScaleCanaryAsync(int replicas) => Kubectl.RunAsync(
        "--namespace", mesh.Namespace, "scale", "deployment/gopher-distributor-v2", $"--replicas={replicas}", "--timeout=60s");

    private static string[] Canary(string behaviour) =>
        [Rendering.Versions(v2: $"{ClusterSettings.StubRepository}:{behaviour}"), "canaryVersion=v2", $"canaryWeight={Weight}"];
}
