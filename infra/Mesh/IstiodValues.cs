namespace GopherMesh.Infra;

/// <summary>What the stack changes in the values of the chart <c>istiod</c>.</summary>
internal static class IstiodValues
{
    public static Dictionary<string, object> For(MeshSettings settings) => Values.Merge(Always(), Values.Merge(OutboundTraffic.IstiodValues(), Cni(settings)));

    private static Dictionary<string, object> Always() => new()
    {
        ["global"] = ChartPolicies.Values(),

        // Two, fixed: a node may go at any time, and pods that start meanwhile need the injector. The chart's own budget keeps one.
        ["autoscaleEnabled"] = false,
        ["replicaCount"] = 2,
        ["topologySpreadConstraints"] = Spread.AsValues("app", "istiod"),
        ["seccompProfile"] = new Dictionary<string, object> { ["type"] = "RuntimeDefault" },

        // The chart asks for 2 GiB, meant for hundreds of proxies; with a dozen istiod stays below 200 MiB.
        ["resources"] = new Dictionary<string, object>
        {
            ["requests"] = new Dictionary<string, object> { ["cpu"] = "100m", ["memory"] = "256Mi" },
            ["limits"] = new Dictionary<string, object> { ["memory"] = "1Gi" },
        },
    };

    private static Dictionary<string, object> Cni(MeshSettings settings) => settings.Cni
        ? new() { ["pilot"] = new Dictionary<string, object> { ["cni"] = new Dictionary<string, object> { ["enabled"] = true } } }
        : [];
}
