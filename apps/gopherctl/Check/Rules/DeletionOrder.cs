using System.Text.Json.Nodes;
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

/// <summary>
/// Nothing that costs money stays after `pulumi destroy`. A setting that makes the destroy stop with an error, such as EKS's deletion
/// protection, is not a finding: the error reports it.
/// </summary>
internal static class OutlivesDestroy
{
    public static PolicyRule Rule { get; } = new(
        "outlives-destroy", Severity.Error, "Nothing that is declared stays after a destroy.",
        stack => OfResources(stack).Concat(ObjectLeftovers.In(stack)));

    private static IEnumerable<Violation> OfResources(RenderedStack stack) =>
        from resource in stack.Resources
        where !resource.IsRead
        from violation in Leftover<DeclaredResource>.Of(ResourceLeftovers.All, resource, RenderedStack.NameOf(resource))
        select violation;
}

/// <summary>A setting that leaves something behind after a destroy.</summary>
/// <typeparam name="T">Where the setting is: a resource, a manifest or a release.</typeparam>
/// <param name="IsThere">Whether it is there.</param>
/// <param name="Problem">What stays.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Leftover<T>(Func<T, bool> IsThere, string Problem, string Remedy)
{
    /// <summary>The violations of one thing.</summary>
    public static IEnumerable<Violation> Of(IEnumerable<Leftover<T>> leftovers, T thing, string name) =>
        leftovers.Where(leftover => leftover.IsThere(thing)).Select(leftover => new Violation(name, leftover.Problem, leftover.Remedy));
}

/// <summary>What Kubernetes and Helm leave behind, by what the files of a rendering say: they are what gets applied.</summary>
internal static class ObjectLeftovers
{
    private const string ResourcePolicy = "helm.sh/resource-policy";

    private static readonly Leftover<JsonObject> Kept = new(
        IsKept, $"{ResourcePolicy}: keep leaves objects in the cluster", "Leave it out.");

    private static readonly IReadOnlyList<Leftover<JsonObject>> OfManifests =
    [
        new(body => IsKind(body, "StorageClass") && body.Text("reclaimPolicy") == "Retain",
            "reclaimPolicy Retain leaves every volume", "Set reclaimPolicy to Delete."),
        new(body => IsKind(body, "PersistentVolume") && body.Text("spec.persistentVolumeReclaimPolicy") == "Retain",
            "its volume stays", "Set spec.persistentVolumeReclaimPolicy to Delete."),
        new(KeepsClaims,
            "the claims of a StatefulSet stay, and with them their volumes",
            "Set spec.persistentVolumeClaimRetentionPolicy.whenDeleted to Delete."),
        Kept,
    ];

    /// <summary>Everything that stays.</summary>
    public static IEnumerable<Violation> In(RenderedStack stack) =>
        stack.Manifests.SelectMany(manifest => Leftover<JsonObject>.Of(OfManifests, manifest.Body, manifest.Manifest.DisplayName))
            .Concat(stack.Releases.SelectMany(release => Leftover<JsonObject>.Of([Kept], release.Values, release.DisplayName)));

    private static bool IsKind(JsonObject body, string kind) => body.Text("kind") == kind;

    private static bool KeepsClaims(JsonObject body) => IsKind(body, "StatefulSet")
        && body.Items("spec.volumeClaimTemplates").Any()
        && body.Text("spec.persistentVolumeClaimRetentionPolicy.whenDeleted") != "Delete";

    private static bool IsKept(JsonObject body) =>
        body.Walk().Any(found => found.Path.EndsWith(ResourcePolicy, StringComparison.Ordinal) && found.Node.AsText() == "keep");
}

/// <summary>What resources leave behind by their options or, those of AWS, by their inputs.</summary>
internal static class ResourceLeftovers
{
    private static readonly string[] OwnersOutside = ["Release", "Service", "Ingress", "Gateway", "StatefulSet", "PersistentVolumeClaim"];

    /// <summary>All of them; names of inputs as in pulumi-aws 7.48.0.</summary>
    public static IReadOnlyList<Leftover<DeclaredResource>> All { get; } =
    [
        new(resource => resource.RetainOnDelete, "retainOnDelete leaves it where it is", "Leave the option out."),
        new(resource => resource.Protect, "protect keeps it from being deleted", "Leave the option out."),
        new(IsDeletedAlong, "deletedWith leaves what it owns in the cloud, a load balancer or a volume, behind", "Leave the option out."),
        Unless("aws:ecr/repository:Repository", "forceDelete", "a repository with images is not deleted"),
        If("aws:cloudwatch/logGroup:LogGroup", "skipDestroy", "the logs stay"),
    ];

    private static Leftover<DeclaredResource> Unless(string type, string flag, string problem) =>
        new(resource => resource.Type == type && resource.Inputs.Flag(flag) != true, $"{problem}: there is no {flag}", $"Set {flag}.");

    private static Leftover<DeclaredResource> If(string type, string flag, string problem) =>
        new(resource => resource.Type == type && resource.Inputs.Flag(flag) == true, $"{problem}: {flag} is set", $"Leave {flag} out.");

    // Of most objects a deleted cluster leaves nothing; these may own something outside of it.
    private static bool IsDeletedAlong(DeclaredResource resource) =>
        resource.DeletedWith is not null && OwnersOutside.Contains(resource.Type.Split(':')[^1]);
}
