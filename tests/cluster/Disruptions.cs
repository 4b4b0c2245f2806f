using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;

namespace GopherMesh.Tests.Cluster;

/// <summary>What happens to pods in a normal week: a node is drained, a Deployment is restarted. Callers notice nothing.</summary>
[Collection(nameof(OneMesh))]
public sealed class Disruptions(Mesh mesh)
{
    [ClusterTheory]
    [InlineData("gopher-requester")]
    [InlineData("gopher-distributor")]
    public async Task An_evicted_pod_costs_no_request(string app)
    {
        await mesh.ToAsync();
        var pod = (await Pods.OfAsync(mesh.Namespace, $"app={app}"))[0];

        await NothingFailsAsync($"eviction of {pod.Name}", async () =>
        {
            await EvictAsync(pod);
            await Eventually.TrueAsync($"{pod.Name} is gone", async () =>
                (await Kubectl.TryAsync("--namespace", mesh.Namespace, "get", "pod", pod.Name)).ExitCode != 0);
        });
    }

    [ClusterTheory]
    [InlineData("gopher-requester")]
    [InlineData("gopher-distributor-v1")]
    public async Task A_restarted_Deployment_costs_no_request(string deployment)
    {
        await mesh.ToAsync();

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
