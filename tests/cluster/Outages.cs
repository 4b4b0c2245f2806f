using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;

namespace GopherMesh.Tests.Cluster;

/// <summary>Something dies under load.</summary>
[Collection(nameof(OneMesh))]
public sealed class Outages(Mesh mesh)
{
    /// <summary>Every request here is a GET, which the gateway tries on two more pods: what one pod held is answered by another.</summary>
    private const int None = 0;

    /// <summary>A crash: no endpoint is withdrawn first, and the pod's proxy answers 503 until the process is there again.</summary>
    [ClusterFact]
    public async Task A_requester_whose_process_is_killed_costs_nothing_that_a_retry_can_mend()
    {
        await mesh.HealthyAsync();
        await using var requester = await KillableRequester.StartAsync(mesh);

        await UnderLoad.FailsAtMostAsync(mesh.Gateway, None, "a requester's process killed", _ => requester.KillAsync());
    }

    /// <summary>
    /// The way into a pod is gone without notice: connections break, and others are refused until the proxy is there again.
    /// </summary>
    [ClusterFact]
    public async Task A_requester_whose_proxy_ends_costs_nothing_that_a_retry_can_mend()
    {
        await mesh.HealthyAsync();
        var pod = await ARequesterAsync();

        await UnderLoad.FailsAtMostAsync(mesh.Gateway, None, "a requester's proxy ended", async _ =>
        {
            await pod.EndEnvoyAsync();
            await Eventually.TrueAsync($"the proxy of {pod.Name} has started again", async () =>
                (await Pods.OfAsync(mesh.Namespace, "app=gopher-requester")).Single(now => now.Name == pod.Name) is { IsReady: true } now
                    && now.Restarts("istio-proxy") > pod.Restarts("istio-proxy"));
        });
    }

    /// <summary>Gentler than a crash: the endpoint goes with the object, while the pod's processes are still being ended.</summary>
    [ClusterFact]
    public async Task A_requester_that_is_deleted_without_grace_costs_nothing_that_a_retry_can_mend()
    {
        await mesh.HealthyAsync();
        var pod = await ARequesterAsync();

        await UnderLoad.FailsAtMostAsync(mesh.Gateway, None, "a requester deleted without grace", async _ =>
        {
            await Kubectl.RunAsync("--namespace", mesh.Namespace, "delete", "pod", pod.Name, "--grace-period=0", "--force");
            await Kubectl.RolledOutAsync(mesh.Namespace, "gopher-requester");
        });
    }

    /// <summary>
    /// The new gateway is ready before the old one goes, and the old one drains; a client whose connection ends opens another.
    /// </summary>
    [ClusterFact]
    public async Task A_restarted_gateway_costs_nothing()
    {
        await mesh.HealthyAsync();

        await UnderLoad.FailsAtMostAsync(mesh.Gateway, None, "the gateway restarted", async _ =>
        {
            await Kubectl.RunAsync("--namespace", "istio-system", "rollout", "restart", "deployment/istio-ingressgateway");
            await Kubectl.RolledOutAsync("istio-system", "istio-ingressgateway");
        });
    }

    /// <summary>Proxies keep what they were last told; only a change has to wait.</summary>
    [ClusterFact]
    public async Task Traffic_flows_while_istiod_is_gone()
    {
        await mesh.HealthyAsync();

        await UnderLoad.FailsAtMostAsync(mesh.Gateway, None, "istiod gone", async load =>
        {
            await using var empty = await DeploymentWithoutPods.ScaleDownAsync("istio-system", "istiod");
            await load.NextAsync(1_000);
        });
    }

    private async Task<Pod> ARequesterAsync() => (await Pods.OfAsync(mesh.Namespace, "app=gopher-requester"))[0];
}

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
