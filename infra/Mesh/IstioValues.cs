using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Mesh;

/// <summary>What the stack changes in the values of the chart <c>istiod</c>.</summary>
internal static class IstiodValues
{
    public static Map For(MeshSettings settings, ClusterHandle cluster) =>
        Values.Merge(Always(cluster), Values.Merge(OutboundTraffic.IstiodValues(), Cni(settings)));

    private static Map Always(ClusterHandle cluster) => new()
    {
        ["global"] = ChartPolicies.Values(),

        // Two, fixed: a node may go at any time, and pods that start meanwhile need the injector.
        ["autoscaleEnabled"] = false,
        ["replicaCount"] = 2,
        ["pdb"] = DisruptionBudget.OneAtATime(),
        ["topologySpreadConstraints"] = Spread.AsValues("app", "istiod", cluster.StartsNodesInEveryZone),
        ["meshConfig"] = new Map { ["defaultConfig"] = NoPlatform() },
        ["seccompProfile"] = new Map { ["type"] = "RuntimeDefault" },

        // The chart asks for 2 GiB, meant for hundreds of proxies; with a dozen istiod stays below 200 MiB.
        ["resources"] = new Map
        {
            ["requests"] = new Map { ["cpu"] = "100m", ["memory"] = "256Mi" },
            ["limits"] = new Map { ["memory"] = "1Gi" },
        },
    };

    // At its start a proxy asks the metadata services of every cloud where it runs, and waits for their answers for up to five seconds
    // (istio, pkg/bootstrap/platform/discovery.go). None comes: nodes of Auto Mode do not let a pod's request through, whose answer would
    // take a second hop, nor do our NetworkPolicies. Nothing is lost: a pod's zone istiod takes from its node.
    private static Map NoPlatform() => new()
    {
        ["proxyMetadata"] = new Map { ["CLOUD_PLATFORM"] = "none" },
    };

    private static Map Cni(MeshSettings settings) => settings.Cni
        ? new() { ["pilot"] = new Map { ["cni"] = new Map { ["enabled"] = true } } }
        : [];
}

/// <summary>What the stack changes in the values of the chart <c>cni</c>.</summary>
internal static class CniValues
{
    public static Map All() => new()
    {
        ["global"] = ChartPolicies.Values(),

        // On every node, so every node pays for it; the chart asks for as much.
        ["resources"] = new Map
        {
            ["requests"] = new Map { ["cpu"] = "100m", ["memory"] = "100Mi" },
            ["limits"] = new Map { ["memory"] = "256Mi" },
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
    public static Map Values() => new() { ["networkPolicy"] = new Map { ["enabled"] = true } };
}

/// <summary>What proxies do with requests to hosts that they were not told of.</summary>
internal static class OutboundTraffic
{
    /// <summary>Refuses them: what is outside the mesh has to be declared by a ServiceEntry before anything reaches it.</summary>
    public const string RegistryOnly = "REGISTRY_ONLY";

    /// <summary>What istiod's values need for it, so that it holds in namespaces without a Sidecar, too.</summary>
    public static Map IstiodValues() => new()
    {
        ["meshConfig"] = new Map { ["outboundTrafficPolicy"] = new Map { ["mode"] = RegistryOnly } },
    };
}
