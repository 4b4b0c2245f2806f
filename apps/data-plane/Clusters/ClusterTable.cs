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
