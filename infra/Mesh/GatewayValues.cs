namespace GopherMesh.Infra;

/// <summary>What the stack changes in the values of the chart <c>gateway</c>.</summary>
internal static class GatewayValues
{
    /// <summary>The values for <paramref name="settings"/>, with what only the cluster's load balancer understands on top.</summary>
    public static Dictionary<string, object> For(MeshSettings settings, ClusterHandle cluster) => Values.Merge(
        new()
        {
            ["global"] = ChartPolicies.Values(),

            // Two, fixed: one serves while the other's node goes away or a new version comes up.
            ["autoscaling"] = new Dictionary<string, object> { ["enabled"] = false },
            ["replicaCount"] = 2,
            ["podDisruptionBudget"] = DisruptionBudget.OneAtATime(),
            ["strategy"] = new Dictionary<string, object>
            {
                ["rollingUpdate"] = new Dictionary<string, object> { ["maxUnavailable"] = 0, ["maxSurge"] = 1 },
            },
            ["topologySpreadConstraints"] = Spread.AsValues("istio", IstioMesh.GatewayLabel, cluster),
            ["labels"] = new Dictionary<string, object> { ["app"] = IstioMesh.GatewayName, ["istio"] = IstioMesh.GatewayLabel },

            // The chart's 2 CPUs and 1 GiB are a limit for a busy edge; its requests would keep a small node from fitting two.
            ["resources"] = new Dictionary<string, object>
            {
                ["requests"] = new Dictionary<string, object> { ["cpu"] = "50m", ["memory"] = "64Mi" },
                ["limits"] = new Dictionary<string, object> { ["cpu"] = "2", ["memory"] = "512Mi" },
            },
            ["service"] = new Dictionary<string, object>
            {
                ["type"] = settings.ServiceType,

                // Only what is served: an open port that nothing answers on is a target that never gets healthy.
                ["ports"] = new object[] { Port("status-port", 15021, 15021), Port("http2", 80, 80) },
            },
        },
        cluster.GatewayValues);

    private static Dictionary<string, object> Port(string name, int port, int target) => new()
    {
        ["name"] = name,
        ["port"] = port,
        ["protocol"] = "TCP",
        ["targetPort"] = target,
    };
}
