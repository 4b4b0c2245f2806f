using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;

namespace GopherMesh.Tests.Cluster;

/// <summary>
/// What happens to pods in a normal week: a node is drained, a Deployment is restarted. Callers notice nothing. Both versions answer
/// half of the requests each, so that none of the pods is idle.
/// </summary>
[Collection(nameof(OneMesh))]
public sealed class Disruptions(Mesh mesh)
{
    private const int None = 0;

    private static readonly string[] BothAnswer = ["canaryVersion=v2", "canaryWeight=50"];

    private static readonly string[] All = ["gopher-requester", "gopher-distributor-v1", "gopher-distributor-v2"];

    public static TheoryData<string> Deployments => [.. All];

    [ClusterFact]
    public async Task An_evicted_pod_of_each_Deployment_costs_no_request()
    {
        await mesh.ToAsync(BothAnswer);
        var pods = await Task.WhenAll(All.Select(AnyPodAsync));

        await UnderLoad.FailsAtMostAsync(mesh.Gateway, None, $"eviction of {string.Join(", ", pods.Select(pod => pod.Name))}", async _ =>
        {
            await Task.WhenAll(pods.Select(EvictAsync));
            await Eventually.TrueAsync("the evicted pods are gone", async () =>
            {
                var left = await Kubectl.TryAsync(["--namespace", mesh.Namespace, "get", "pod", .. pods.Select(pod => pod.Name)]);
                return left.Output.Length == 0;
            });
        });
    }

    [ClusterTheory]
    [MemberData(nameof(Deployments))]
    public async Task A_restarted_Deployment_costs_no_request(string deployment)
    {
        await mesh.ToAsync(BothAnswer);

        await UnderLoad.FailsAtMostAsync(mesh.Gateway, None, $"restart of {deployment}", async _ =>
        {
            await Kubectl.RunAsync("--namespace", mesh.Namespace, "rollout", "restart", $"deployment/{deployment}");
            await Kubectl.RolledOutAsync(mesh.Namespace, deployment);
        });
    }

    private async Task<Pod> AnyPodAsync(string deployment) =>
        (await Pods.OfAsync(mesh.Namespace, mesh.Current.Single("Deployment", deployment).PodSelector))[0];

    private static Task<string> EvictAsync(Pod pod)
    {
        var eviction = new JsonObject
        {
            ["apiVersion"] = "policy/v1",
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = pod.Name, ["namespace"] = pod.Namespace },
        };
        return Kubectl.RunOnAsync(
            [eviction.ToJsonString()], "create", "--raw", $"/api/v1/namespaces/{pod.Namespace}/pods/{pod.Name}/eviction");
    }
}
