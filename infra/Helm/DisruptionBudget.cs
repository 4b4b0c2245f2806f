namespace GopherMesh.Infra.Helm;

/// <summary>How many of a chart's pods may be missing while nodes are drained.</summary>
internal static class DisruptionBudget
{
    /// <summary>
    /// One, and any number of those that are not ready: a pod that cannot start must not keep its node
    /// (https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy).
    /// </summary>
    public static Dictionary<string, object> OneAtATime() => new()
    {
        ["maxUnavailable"] = 1,
        ["unhealthyPodEvictionPolicy"] = "AlwaysAllow",
    };
}
