using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane.Clusters;

/// <summary>
/// Every cluster that a caller in one namespace knows: for each port of each Service one, and one for each of its subsets
/// (istio pilot/pkg/networking/core/cluster_builder.go, applyDestinationRule). A route to any other name finds no cluster.
/// </summary>
internal static class ClusterTable
{
    public static IEnumerable<ClusterSpec> Build(MeshModel model, IReadOnlyList<PodEndpoint> pods, string callerNamespace)
    {
        var rules = new DestinationRuleIndex(model);
        foreach (var service in model.Services)
        {
            var rule = rules.Find(service, callerNamespace);
            foreach (var port in service.Ports)
            {
                yield return Build(service, port, pods, rule?.TrafficPolicy, subset: null);
                foreach (var subset in rule?.Subsets ?? [])
                {
                    yield return Build(service, port, pods, rule?.TrafficPolicy, subset);
                }
            }
        }
    }

    private static ClusterSpec Build(Service service, ServicePort port, IReadOnlyList<PodEndpoint> pods, TrafficPolicy? general, Subset? subset)
    {
        var policy = TrafficPolicies.Merge(general, subset?.TrafficPolicy, port.Number);
        var selected = pods.Where(pod =>
            pod.Ready
            && pod.Namespace == service.Name.Namespace
            && Selects(service.Selector, pod.Labels)
            && (subset is null || Selects(subset.Labels, pod.Labels))
            && pod.LoopbackPorts.ContainsKey(port.TargetPort));
        return new(
            ClusterName.Outbound(service.Host, port.Number, subset?.Name),
            service.Host,
            subset?.Name,
            port.Protocol,
            ClusterPolicy.Of(policy),
            [.. selected.Select(pod => new UpstreamEndpoint(pod, pod.LoopbackPorts[port.TargetPort]))]);
    }

    private static bool Selects(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels) =>
        selector.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value);
}

/// <summary>
/// Finds the rule for a Service: in the caller's namespace, else in the Service's, else in Istio's root namespace
/// (istio pilot/pkg/model/push_context.go, destinationRule). Rules for one host in one namespace are merged first: the subsets of all,
/// the first of one name, and the first traffic policy (destination_rule.go, mergeDestinationRule).
/// </summary>
internal sealed class DestinationRuleIndex(MeshModel model)
{
    private const string RootNamespace = "istio-system";

    private readonly ILookup<string, DestinationRule> _byNamespace = model.DestinationRules
        .GroupBy(rule => (rule.Name.Namespace, rule.Host))
        .Select(rules => rules.Aggregate(Merge))
        .ToLookup(rule => rule.Name.Namespace);

    public DestinationRule? Find(Service service, string callerNamespace) =>
        (callerNamespace == RootNamespace ? null : FindIn(callerNamespace, service.Host))
        ?? FindIn(service.Name.Namespace, service.Host)
        ?? FindIn(RootNamespace, service.Host);

    private DestinationRule? FindIn(string ns, string host)
    {
        var rules = _byNamespace[ns].ToDictionary(rule => rule.Host);
        return HostName.MostSpecific(host, rules.Keys) is { } best ? rules[best] : null;
    }

    private static DestinationRule Merge(DestinationRule older, DestinationRule newer) => older with
    {
        Subsets = [.. older.Subsets, .. newer.Subsets.Where(subset => older.Subsets.All(known => known.Name != subset.Name))],
        TrafficPolicy = older.TrafficPolicy ?? newer.TrafficPolicy,
    };
}

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
