using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster;

/// <summary>
/// A bad canary at 10 %. Envoy chooses the version once for a request: neither a retry nor the ejection of a pod leads to the other
/// version. So what fails is the canary's share and nothing of the stable version's: as many as chance explains at 10 %, which
/// refuses a correct share once in 10,000 times.
/// </summary>
[Collection(nameof(OneMesh))]
public sealed class BadCanaries(Mesh mesh)
{
    private const int Weight = 10;
    private const int Requests = 1_500;
    private const string Deployment = "gopher-distributor-v2";

    [ClusterTheory]
    [InlineData("error")]
    [InlineData("hang")]
    public async Task A_canary_that_answers_no_request_well_fails_its_share(string behaviour)
    {
        await mesh.ToAsync(Canary(behaviour));

        await FailsItsShareAsync($"v2 with {Weight} % and the behaviour '{behaviour}'");
    }

    [ClusterFact]
    public async Task A_canary_without_pods_fails_its_share()
    {
        await mesh.ToAsync("canaryVersion=v2", $"canaryWeight={Weight}");
        await using var empty = await DeploymentWithoutPods.ScaleDownAsync(mesh.Namespace, Deployment);

        await FailsItsShareAsync($"v2 with {Weight} % and no pod");
    }

    /// <summary>Each of its processes answers 19 requests and dies of the next, so that it fails less than its share.</summary>
    [ClusterFact]
    public async Task A_canary_that_crashes_fails_no_more_than_its_share()
    {
        await mesh.ToAsync(Canary("crash"));

        var recording = await AskAsync($"v2 with {Weight} % and the behaviour 'crash'");

        AssertShare(recording.Failed.Count + recording.By("v2"), recording);
        await Eventually.TrueAsync("a pod of the canary has crashed", async () =>
            (await Pods.OfAsync(mesh.Namespace, "app=gopher-distributor,version=v2")).Any(pod => pod.Restarts("gopher-distributor") > 0));
    }

    private async Task FailsItsShareAsync(string what)
    {
        var recording = await AskAsync(what);

        AssertShare(recording.Failed.Count, recording);
        Assert.Equal(0, recording.By("v2"));
    }

    private async Task<Recording> AskAsync(string what)
    {
        var recording = await LoadGenerator.BatchAsync(mesh.Gateway, Requests);
        var (low, most) = Share(recording);
        var counts = $"{recording.Failed.Count} of {recording.Count} requests failed, v2 answered {recording.By("v2")}";
        Report.Line($"{what}: {counts} (its share explains {low} to {most}); {recording.Failures()}");
        return recording;
    }

    private static void AssertShare(int count, Recording recording)
    {
        var (low, most) = Share(recording);
        Assert.InRange(count, low, most);
    }

    private static (int Low, int Most) Share(Recording recording) => ShareTest.Acceptance(recording.Count, Weight / 100.0);

    private static string[] Canary(string behaviour) =>
        [Rendering.Versions(v2: $"{ClusterSettings.StubRepository}:{behaviour}"), "canaryVersion=v2", $"canaryWeight={Weight}"];
}
