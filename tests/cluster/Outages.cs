using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;

namespace GopherMesh.Tests.Cluster;

/// <summary>Something dies under load.</summary>
[Collection(nameof(OneMesh))]
public sealed class Outages(Mesh mesh)
{
    /// <summary>Every request here is a GET, which the gateway tries on two more pods: what one pod held is answered by another.</summary>
    private const int None = 0;

    [ClusterFact]
    public async Task A_killed_requester_costs_nothing_that_a_retry_can_mend()
    {
        await mesh.HealthyAsync();
        var pod = (await Pods.OfAsync(mesh.Namespace, "app=gopher-requester"))[0];

        await FailsAtMostAsync(None, "a requester killed", async _ =>
        {
            await Kubectl.RunAsync("--namespace", mesh.Namespace, "delete", "pod", pod.Name, "--grace-period=0", "--force");
            await Kubectl.RolledOutAsync(mesh.Namespace, "gopher-requester");
        });
    }

    /// <summary>The new gateway is ready before the old one goes, and the old one drains; a client whose connection ends opens another.</summary>
    [ClusterFact]
    public async Task A_restarted_gateway_costs_nothing()
    {
        await mesh.HealthyAsync();

        await FailsAtMostAsync(None, "the gateway restarted", async _ =>
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

        await FailsAtMostAsync(None, "istiod gone", async load =>
        {
            await ScaleIstiodAsync(0);
            try
            {
                await Eventually.TrueAsync("istiod is gone", async () => (await Pods.OfAsync("istio-system", "app=istiod")).Count == 0);
                await load.NextAsync(1_000);
            }
            finally
            {
                await ScaleIstiodAsync(2);
                await Kubectl.RolledOutAsync("istio-system", "istiod");
            }
        });
    }

    private static Task<string> ScaleIstiodAsync(int replicas) =>
        Kubectl.RunAsync("--namespace", "istio-system", "scale", "deployment/istiod", $"--replicas={replicas}");

    private async Task FailsAtMostAsync(int bound, string what, Func<LoadGenerator, Task> outage)
    {
        await using var load = LoadGenerator.Start(mesh.Gateway);
        await load.NextAsync(200);
        await outage(load);
        await load.NextAsync(400);

        var recording = await load.StopAsync();

        Report.Line($"{what}: {recording.Failed.Count} of {recording.Count} requests failed (bound {bound}) {recording.Failures()}");
        Assert.True(recording.Failed.Count <= bound, recording.Failures());
    }
}
