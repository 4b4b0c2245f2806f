using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;

namespace GopherMesh.Tests.Cluster;

/// <summary>What happens to pods in a normal week: a node is drained, a Deployment is restarted. Callers notice nothing.</summary>
[Collection(nameof(OneMesh))]
public sealed class Disruptions(Mesh mesh)
{
    [ClusterFact]
    public async Task An_evicted_pod_of_each_service_costs_no_request()
    {
        await mesh.HealthyAsync();
        string[] apps = ["gopher-requester", "gopher-distributor"];
        var pods = await Task.WhenAll(apps.Select(async app => (await Pods.OfAsync(mesh.Namespace, $"app={app}"))[0]));

        await NothingFailsAsync($"eviction of {string.Join(" and ", pods.Select(pod => pod.Name))}", async () =>
        {
            await Task.WhenAll(pods.Select(EvictAsync));
            await Eventually.TrueAsync("the evicted pods are gone", async () =>
                (await Kubectl.TryAsync(["--namespace", mesh.Namespace, "get", "pod", .. pods.Select(pod => pod.Name)])).Output.Length == 0);
        });
    }

    [ClusterTheory]
    [InlineData("gopher-requester")]
    [InlineData("gopher-distributor")]
    public async Task A_restarted_Deployment_costs_no_request(string app)
    {
        await mesh.HealthyAsync();
        var deployment = mesh.Current.Objects.First(item => item.Kind == "Deployment" && item.Name.StartsWith(app, StringComparison.Ordinal)).Name;

        await NothingFailsAsync($"restart of {deployment}", async () =>
        {
            await Kubectl.RunAsync("--namespace", mesh.Namespace, "rollout", "restart", $"deployment/{deployment}");
            await Kubectl.RolledOutAsync(mesh.Namespace, deployment);
        });
    }

    private async Task NothingFailsAsync(string what, Func<Task> disruption)
    {
        await using var load = LoadGenerator.Start(mesh.Gateway);
        await load.NextAsync(200);
        await disruption();
        await load.NextAsync(200);

        var recording = await load.StopAsync();

        Report.Line($"{what}: {recording.Failed.Count} of {recording.Count} requests failed");
        Assert.True(recording.Failed.Count == 0, recording.Failures());
    }

    private static async Task EvictAsync(Pod pod)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["apiVersion"] = "policy/v1",
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = pod.Name, ["namespace"] = pod.Namespace },
        }.ToJsonString());
        await Kubectl.RunAsync("create", "--raw", $"/api/v1/namespaces/{pod.Namespace}/pods/{pod.Name}/eviction", "--filename", file);
    }
}
