using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane.Clusters;

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
