using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
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

        // The chart requests 2 GiB, meant for hundreds of proxies; with a dozen istiod stays below 200 MiB.
        ["resources"] = new Map
        {
            ["requests"] = new Map { ["cpu"] = "100m", ["memory"] = "256Mi" },
            ["limits"] = new Map { ["memory"] = "1Gi" },
        },
    };

    // When a proxy starts, it calls the metadata service of every cloud and waits for an answer for up to five seconds
    // (istio, pkg/bootstrap/platform/discovery.go). No answer comes: nodes of Auto Mode allow it only one hop, and a pod is two hops away;
    // our NetworkPolicies block the call too. Nothing is lost, because istiod takes a pod's zone from its node.
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

        // It runs on every node, so every node pays for it. These are the chart's own requests.
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
    /// Enables them; the value <c>global</c> of each chart. They allow ingress to the component's ports from anywhere, because the addresses
    /// of the API server and of a load balancer are not known. They allow all egress, to the API server and to a gateway's backends.
    /// </summary>
    public static Map Values() => new() { ["networkPolicy"] = new Map { ["enabled"] = true } };
}

/// <summary>What proxies do with requests to hosts that they do not know.</summary>
internal static class OutboundTraffic
{
    /// <summary>Refuses them: what is outside the mesh has to be declared by a ServiceEntry before anything reaches it.</summary>
    public const string RegistryOnly = "REGISTRY_ONLY";

    /// <summary>The values of istiod's chart for it, so that it also applies in namespaces without a Sidecar.</summary>
    public static Map IstiodValues() => new()
    {
        ["meshConfig"] = new Map { ["outboundTrafficPolicy"] = new Map { ["mode"] = RegistryOnly } },
    };
}

/// <summary>What the stack changes in the values of the chart <c>gateway</c>.</summary>
internal static class GatewayValues
{
    /// <summary>The values for <paramref name="settings"/>, with what only the cluster's load balancer understands on top.</summary>
    public static Map For(MeshSettings settings, ClusterHandle cluster) => Values.Merge(
        new()
        {
            ["global"] = ChartPolicies.Values(),

            // Two, fixed: one serves while the other's node goes away or a new version comes up.
            ["autoscaling"] = new Map { ["enabled"] = false },
            ["replicaCount"] = 2,
            ["podDisruptionBudget"] = DisruptionBudget.OneAtATime(),
            ["strategy"] = new Map
            {
                ["rollingUpdate"] = new Map { ["maxUnavailable"] = 0, ["maxSurge"] = 1 },
            },
            ["topologySpreadConstraints"] = Spread.AsValues("istio", Names.GatewayLabel, cluster.StartsNodesInEveryZone),
            ["labels"] = new Map { ["app"] = Names.GatewayRelease, ["istio"] = Names.GatewayLabel },

            // The chart's limits, 2 CPUs and 1 GiB, are for a busy gateway; with its requests two pods would not fit on a small node.
            ["resources"] = new Map
            {
                ["requests"] = new Map { ["cpu"] = "50m", ["memory"] = "64Mi" },
                ["limits"] = new Map { ["cpu"] = "2", ["memory"] = "512Mi" },
            },
            ["service"] = new Map
            {
                ["type"] = settings.ServiceType,

                // Only what is served: an open port that nothing answers on is a target that never gets healthy.
                ["ports"] = new object[] { Values.ServicePort("status-port", 15021, 15021), Values.ServicePort("http2", 80, 80) },
            },
        },
        cluster.LoadBalancerValues);
}
