using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A destroy deletes a resource before all that it depends on. So what lives in the cluster depends on its nodes, those on the cluster,
/// and that on the network: an object whose controller, node or way out is gone first hangs, and leaves its load balancer or volume.
/// </summary>
internal static class DeletionOrder
{
    public static PolicyRule Rule { get; } = new(
        "deletion-order",
        Severity.Error,
        "A destroy deletes what is in the cluster before its nodes, those before the cluster, and that before its network.",
        Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var order = new DependencyOrder(stack.Resources);
        var sites = ClusterSite.In(stack, order);
        return sites.SelectMany(site => Missing(order, site.Objects, site.Nodes)
                .Concat(Missing(order, site.Objects.Concat(site.Nodes), [site.Cluster]))
                .Concat(Missing(order, [site.Cluster], site.Network)));
    }

    // With no node or cluster declared, as on a cluster that was there before, there is nothing to outlive.
    private static IEnumerable<Violation> Missing(
        DependencyOrder order, IEnumerable<DeclaredResource> dependents, IReadOnlyList<DeclaredResource> needed) =>
        from dependent in dependents
        from need in needed
        where !order.Needs(dependent).Contains(need.Urn)
        select new Violation(
            RenderedStack.NameOf(dependent),
            $"a destroy may delete {RenderedStack.NameOf(need)} first, although this needs it until it is deleted itself",
            $"Let it depend on {RenderedStack.NameOf(need)}, or on something that does.");
}
