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

/// <summary>
/// A declared cluster, the network that it needs, and its nodes and objects. A stack may declare several clusters, and objects in others.
/// </summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Network">What its VPC consists of.</param>
/// <param name="Nodes">What makes its nodes.</param>
/// <param name="Objects">The objects in it, without those that its nodes need: they are created before the nodes and deleted after them.</param>
internal sealed record ClusterSite(
    DeclaredResource Cluster,
    IReadOnlyList<DeclaredResource> Network,
    IReadOnlyList<DeclaredResource> Nodes,
    IReadOnlyList<DeclaredResource> Objects)
{
    private const string Vpc = "aws:ec2/vpc:Vpc";

    private static readonly HashSet<string> NodeTypes =
    [
        "kubernetes:karpenter.sh/v1:NodePool", "kubernetes:eks.amazonaws.com/v1:NodeClass",
        "aws:eks/nodeGroup:NodeGroup", "eks:index:ManagedNodeGroup", "eks:index:NodeGroup", "eks:index:NodeGroupV2",
    ];

    private static readonly HashSet<string> NetworkTypes =
    [
        Vpc, "aws:ec2/subnet:Subnet", "aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway",
        "aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation", "aws:ec2/vpcEndpoint:VpcEndpoint",
    ];

    /// <summary>The clusters that the stack declares.</summary>
    public static IReadOnlyList<ClusterSite> In(RenderedStack stack, DependencyOrder order) =>
        [.. EksCluster.In(stack).Select(cluster => Of(cluster.Resource, stack, order))];

    private static ClusterSite Of(DeclaredResource cluster, RenderedStack stack, DependencyOrder order)
    {
        var clusters = EksCluster.In(stack).Select(other => other.Resource).ToList();
        var providers = stack.Resources.ToDictionary(resource => resource.Urn);
        var nodes = stack.Resources.Where(resource => NodeTypes.Contains(resource.Type) && MayBeOf(resource)).ToList();
        var network = Vpcs(cluster);
        var before = nodes.SelectMany(order.Needs).Concat(nodes.Select(node => node.Urn)).ToHashSet();
        return new ClusterSite(
            cluster,
            [.. stack.Resources.Where(resource => NetworkTypes.Contains(resource.Type) && MayBeUnder(resource))],
            nodes,
            [.. stack.Resources.Where(resource => IsObject(resource) && !before.Contains(resource.Urn) && IsIn(resource))]);

        // A node that depends on no cluster is counted to every cluster: the declaration does not say which one it joins.
        bool MayBeOf(DeclaredResource node) => Needs(node, cluster) || !clusters.Exists(other => Needs(node, other));

        // An object lives in the cluster whose kubeconfig its provider has. A default provider names no cluster, so its objects are counted
        // to every cluster.
        bool IsIn(DeclaredResource resource) => resource.Provider is not { } provider || Needs(providers[provider], cluster);

        bool MayBeUnder(DeclaredResource part) => network.Count == 0 || Vpcs(part) is { Count: 0 } || Vpcs(part).Overlaps(network);

        HashSet<string> Vpcs(DeclaredResource resource) =>
            [.. stack.OfType(Vpc).Where(vpc => vpc == resource || Needs(resource, vpc)).Select(vpc => vpc.Urn)];

        bool Needs(DeclaredResource resource, DeclaredResource needed) => order.Needs(resource).Contains(needed.Urn);
    }

    private static bool IsObject(DeclaredResource resource) =>
        !resource.IsRead && resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal);
}
