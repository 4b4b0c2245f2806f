using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster;

/// <summary>The API server, Istio and the kubelet take what is declared.</summary>
[Collection(nameof(OneMesh))]
public sealed class Accepted(Mesh mesh)
{
    [ClusterTheory]
    [InlineData]
    [InlineData("canaryVersion=v2")]
    [InlineData("canaryVersion=v2", "canaryWeight=50")]
    [InlineData("canaryVersion=v2", "previewHeader=x-gopher-version")]
    [InlineData("stableVersion=v2")]
    public async Task The_api_server_accepts_every_object_with_strict_validation(params string[] settings)
    {
        var rendering = await Rendering.OfAsync(settings);

        await Kubectl.RunAsync([.. Kubectl.StrictApply, "--dry-run=server", .. rendering.Objects.Select(item => $"--filename={item.File}")]);
    }

    [ClusterFact]
    public async Task Strict_validation_is_strict()
    {
        var route = mesh.Current.Single("VirtualService", "gopher-distributor").Body.DeepClone();
        route["spec"]!["http"]![0]!["retires"] = new JsonObject();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, route.ToJsonString());

        var result = await Kubectl.TryAsync([.. Kubectl.StrictApply, "--dry-run=server", $"--filename={file}"]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("retires", result.Errors);
    }

    [ClusterFact]
    public async Task Istio_finds_nothing_to_object_to()
    {
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=50");

        var found = await Istioctl.AnalyzeAsync();

        Assert.DoesNotContain(found, message => IsOurs((string)message["origin"]!));
    }

    [ClusterFact]
    public async Task Every_pod_runs_a_gopher_and_its_proxy()
    {
        var pods = await Pods.OfAsync(mesh.Namespace, "app");

        Assert.NotEmpty(pods);
        Assert.All(pods, pod =>
        {
            Assert.Equal(2, pod.LongRunning.Count);
            Assert.All(pod.LongRunning, container => Assert.True((bool)container["ready"]!));
        });
    }

    // Of the namespaces that the stack creates; what a cluster brings along is not ours.
    private bool IsOurs(string origin) =>
        origin.Contains(mesh.Namespace, StringComparison.Ordinal) || origin.Contains("istio-system", StringComparison.Ordinal);
}
