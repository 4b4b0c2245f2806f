using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster;

/// <summary>Kubernetes' autoscaler does what it is told without measurements, too: it keeps the least that is declared.</summary>
[Collection(nameof(OneMesh))]
public sealed class Autoscaled(Mesh mesh)
{
    [ClusterFact]
    public async Task The_canary_gets_the_pods_of_the_next_step_and_the_stable_version_loses_none()
    {
        await mesh.ToAsync("distributorReplicas=1", "distributorMaxReplicas=3", "rolloutSteps=10,100", "canaryVersion=v2");
        await RunningAsync("v1", 1);
        await RunningAsync("v2", 1);

        await mesh.ToAsync("distributorReplicas=1", "distributorMaxReplicas=3", "rolloutSteps=10,100", "canaryVersion=v2", "canaryWeight=10");

        await RunningAsync("v2", 3);
        await RunningAsync("v1", 1);
    }

    private Task RunningAsync(string version, int pods) => Eventually.TrueAsync(
        $"{pods} pods of {version} are ready",
        async () => await Pods.OfAsync(mesh.Namespace, $"app=gopher-distributor,version={version}") is var found && found.Count == pods && found.All(pod => pod.IsReady));
}
