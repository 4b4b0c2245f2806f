using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Mesh;

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
