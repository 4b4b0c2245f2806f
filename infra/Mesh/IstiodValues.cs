using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Mesh;

/// <summary>What the stack changes in the values of the chart <c>istiod</c>.</summary>
internal static class IstiodValues
{
    public static Dictionary<string, object> For(MeshSettings settings, ClusterHandle cluster) =>
        Values.Merge(Always(cluster), Values.Merge(OutboundTraffic.IstiodValues(), Cni(settings)));

    private static Dictionary<string, object> Always(ClusterHandle cluster) => new()
    {
        ["global"] = ChartPolicies.Values(),

        // Two, fixed: a node may go at any time, and pods that start meanwhile need the injector.
        ["autoscaleEnabled"] = false,
        ["replicaCount"] = 2,
        ["pdb"] = DisruptionBudget.OneAtATime(),
        ["topologySpreadConstraints"] = Spread.AsValues("app", "istiod", cluster.StartsNodesInEveryZone),
        ["meshConfig"] = new Dictionary<string, object> { ["defaultConfig"] = NoPlatform() },
        ["seccompProfile"] = new Dictionary<string, object> { ["type"] = "RuntimeDefault" },

        // The chart asks for 2 GiB, meant for hundreds of proxies; with a dozen istiod stays below 200 MiB.
        ["resources"] = new Dictionary<string, object>
        {
            ["requests"] = new Dictionary<string, object> { ["cpu"] = "100m", ["memory"] = "256Mi" },
            ["limits"] = new Dictionary<string, object> { ["memory"] = "1Gi" },
        },
    };

    // At its start a proxy asks the metadata services of every cloud where it runs, and waits for their answers for up to five seconds
    // (istio, pkg/bootstrap/platform/discovery.go). None comes: nodes of Auto Mode do not let a pod's request through, whose answer would
    // take a second hop, nor do our NetworkPolicies. Nothing is lost: a pod's zone istiod takes from its node.
    private static Dictionary<string, object> NoPlatform() => new()
    {
        ["proxyMetadata"] = new Dictionary<string, object> { ["CLOUD_PLATFORM"] = "none" },
    };

    private static Dictionary<string, object> Cni(MeshSettings settings) => settings.Cni
        ? new() { ["pilot"] = new Dictionary<string, object> { ["cni"] = new Dictionary<string, object> { ["enabled"] = true } } }
        : [];
}
