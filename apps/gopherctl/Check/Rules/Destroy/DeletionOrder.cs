using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Check.Rules.Cloud;
using GopherMesh.Gopherctl.Declarations;
using GopherMesh.Gopherctl.Rendering;

namespace GopherMesh.Gopherctl.Check.Rules.Destroy;

/// <summary>
/// A destroy deletes a resource before all that it depends on. So what lives in the cluster depends on its nodes, those on the cluster,
/// and that on the network: an object whose controller, node or way out is gone first hangs, and leaves its load balancer or volume.
/// </summary>
internal static class DeletionOrder
{
    private static readonly HashSet<string> NodeTypes =
    [
        "kubernetes:karpenter.sh/v1:NodePool", "kubernetes:eks.amazonaws.com/v1:NodeClass", "aws:eks/nodeGroup:NodeGroup", "eks:index:ManagedNodeGroup", "eks:index:NodeGroupV2",
    ];

    private static readonly HashSet<string> NetworkTypes =
    [
        "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway",
        "aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation", "aws:ec2/vpcEndpoint:VpcEndpoint",
    ];

    public static PolicyRule Rule { get; } = new(
        "deletion-order", Severity.Error, "A destroy deletes what is in the cluster before its nodes, those before the cluster, and that before its network.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var order = new DependencyOrder(stack.Resources);
        var clusters = EksCluster.In(stack).Select(cluster => cluster.Resource).ToList();
        var nodes = stack.Resources.Where(resource => NodeTypes.Contains(resource.Type)).ToList();
        var network = stack.Resources.Where(resource => NetworkTypes.Contains(resource.Type)).ToList();
        // What the nodes themselves need is there before them, and goes after them.
        var ofNodes = nodes.SelectMany(order.Needs).Concat(nodes.Select(node => node.Urn)).ToHashSet();
        var inCluster = stack.Resources.Where(resource => !resource.IsRead && IsInCluster(resource) && !ofNodes.Contains(resource.Urn));
        return Missing(order, inCluster, nodes).Concat(Missing(order, inCluster.Concat(nodes), clusters)).Concat(Missing(order, clusters, network));
    }

    // With no node or cluster declared, as on a cluster that was there before, there is nothing to outlive.
    private static IEnumerable<Violation> Missing(DependencyOrder order, IEnumerable<DeclaredResource> dependents, List<DeclaredResource> needed) =>
        from dependent in dependents
        from need in needed
        where !order.Needs(dependent).Contains(need.Urn)
        select new Violation(
            RenderedStack.NameOf(dependent),
            $"a destroy may delete {RenderedStack.NameOf(need)}, which it needs to end well, before it",
            $"Let it depend on {RenderedStack.NameOf(need)}, or on something that does.");

    private static bool IsInCluster(DeclaredResource resource) => resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal);
}
