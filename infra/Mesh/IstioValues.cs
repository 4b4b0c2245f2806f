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

/// <summary>What the stack changes in the values of the chart <c>cni</c>.</summary>
internal static class CniValues
{
    public static Dictionary<string, object> All() => new()
    {
        ["global"] = ChartPolicies.Values(),

        // On every node, so every node pays for it; the chart asks for as much.
        ["resources"] = new Dictionary<string, object>
        {
            ["requests"] = new Dictionary<string, object> { ["cpu"] = "100m", ["memory"] = "100Mi" },
            ["limits"] = new Dictionary<string, object> { ["memory"] = "256Mi" },
        },
    };
}

/// <summary>The NetworkPolicies that Istio's charts bring for their own pods (https://istio.io/latest/docs/setup/additional-setup/network-policy/).</summary>
internal static class ChartPolicies
{
    /// <summary>
    /// Switches them on; the value <c>global</c> of each chart. In comes what the component serves, from anywhere: the API server's and a
    /// load balancer's addresses are not known. Out goes everything: the API server's address again, and every gateway's backends.
    /// </summary>
    public static Dictionary<string, object> Values() => new() { ["networkPolicy"] = new Dictionary<string, object> { ["enabled"] = true } };
}

/// <summary>What proxies do with requests to hosts that they were not told of.</summary>
internal static class OutboundTraffic
{
    /// <summary>Refuses them: what is outside the mesh has to be declared by a ServiceEntry before anything reaches it.</summary>
    public const string RegistryOnly = "REGISTRY_ONLY";

    /// <summary>What istiod's values need for it, so that it holds in namespaces without a Sidecar, too.</summary>
    public static Dictionary<string, object> IstiodValues() => new()
    {
        ["meshConfig"] = new Dictionary<string, object> { ["outboundTrafficPolicy"] = new Dictionary<string, object> { ["mode"] = RegistryOnly } },
    };
}
