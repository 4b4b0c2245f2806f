using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Clusters;

/// <summary>Precedence between a rule's policy, its subset's, and those of single ports (istio networking/util/util.go, MergeSubsetTrafficPolicy).</summary>
internal static class TrafficPolicies
{
    /// <summary>
    /// The subset's settings win over the rule's, setting by setting; settings of the port replace those of their own level as a whole, and
    /// the subset's replace the rule's as a whole too.
    /// </summary>
    public static TrafficPolicy? Merge(TrafficPolicy? rule, TrafficPolicy? subset, int port)
    {
        var (general, _) = ForPort(rule, port);
        var (special, isPortLevel) = ForPort(subset, port);
        if (general is null || special is null || isPortLevel)
        {
            return special ?? general;
        }

        return new(
            special.LoadBalancer ?? general.LoadBalancer,
            special.ConnectionPool ?? general.ConnectionPool,
            special.OutlierDetection ?? general.OutlierDetection,
            TrafficPolicy.Empty.Ports);
    }

    private static (TrafficPolicy? Policy, bool IsPortLevel) ForPort(TrafficPolicy? policy, int port) =>
        policy?.Ports.GetValueOrDefault(port) is { } settings ? (settings, true) : (policy, false);
}
