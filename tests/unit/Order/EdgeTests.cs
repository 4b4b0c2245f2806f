using GopherMesh.Tests.Unit.Eks;
using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Order;

/// <summary>
/// A table lists every edge that the program names, with its reason. So nobody removes one by accident, even where a second path keeps
/// the order until somebody removes that one too.
/// </summary>
public class EdgeTests(EdgeTests.EverythingFixture fixture) : IClassFixture<EdgeTests.EverythingFixture>
{
    private static readonly IReadOnlyList<EdgeGroup> Table =
        [.. CloudEdges.All, .. MeshEdges.All, .. SecurityEdges.All, .. GopherEdges.All];

    private readonly IReadOnlyList<Declared> _resources = fixture.Resources;

    public static IEnumerable<object[]> Edges =>
        from edges in Table
        from edge in edges.Edges
        select new object[] { edge.From, edge.To, edges.HeldElsewhere is not null };

    [Theory]
    [MemberData(nameof(Edges))]
    public void The_program_names_the_edge(string dependent, string needed, bool isHeldElsewhere)
    {
        Assert.Contains(Resource(needed).Urn, Resource(dependent).ExplicitDependsOn);

        // Without it an order that matters breaks, or the table says why it does not.
        var broken = RequiredOrders.Broken(Without(Resource(dependent), Resource(needed))).Except(RequiredOrders.Broken(_resources));
        Assert.Equal(isHeldElsewhere, !broken.Any());
    }

    [Fact]
    public void The_program_names_no_edge_without_a_reason()
    {
        var byUrn = _resources.ToDictionary(resource => resource.Urn);
        var named = from resource in _resources
                    from urn in resource.ExplicitDependsOn
                    select new Edge(Edge.KeyOf(resource), Edge.KeyOf(byUrn[urn]));

        var withoutReason = named.Except(Table.SelectMany(group => group.Edges)).ToList();
        Assert.True(withoutReason.Count == 0, $"give each a row in the tables of this folder: {string.Join(", ", withoutReason)}");
        Assert.All(Table, group => Assert.NotEmpty(group.Reason));
    }

    [Fact]
    public void Every_order_that_matters_holds() => Assert.Equal([], RequiredOrders.Broken(_resources));

    private Declared Resource(string key) => Assert.Single(_resources, resource => Edge.KeyOf(resource) == key);

    // Without the edge in any form, even where an input comes from the other resource: the option must not rely on that input.
    private List<Declared> Without(Declared dependent, Declared needed) =>
    [
        .. _resources.Select(resource => resource == dependent
            ? resource with { DependsOn = [.. resource.DependsOn.Except([needed.Urn])] }
            : resource),
    ];

    /// <summary>The dev stack with all that its settings can add.</summary>
    public sealed class EverythingFixture : IAsyncLifetime
    {
        internal IReadOnlyList<Declared> Resources { get; private set; } = [];

        public async Task InitializeAsync() =>
            Resources = (await DevStack.DeclareAsync(
                "canaryVersion=v2", "observability=true", "metricsStorageGiB=8", "accessLogs=true", "istioCni=true",
                "natGateways=perZone")).Resources;

        public Task DisposeAsync() => Task.CompletedTask;
    }
}

/// <summary>A dependency that the program names by the option DependsOn. The dependent resource is created later and deleted earlier.</summary>
/// <param name="From">What depends, as <see cref="KeyOf"/> names it.</param>
/// <param name="To">What it depends on.</param>
internal sealed record Edge(string From, string To)
{
    /// <summary>A resource as the tables name it: kind and name, and the whole type of a component of ours.</summary>
    public static string KeyOf(Declared resource) =>
        $"{(resource.Type.StartsWith("gopher-mesh:", StringComparison.Ordinal) ? resource.Type : resource.Type.Split(':')[^1])} {resource.Name}";

    public override string ToString() => $"{From} -> {To}";
}

/// <summary>Edges to one resource with one reason.</summary>
/// <param name="To">What they go to.</param>
/// <param name="Reason">What would go wrong at an apply or a destroy without one of them.</param>
/// <param name="From">Where they come from.</param>
internal sealed record EdgeGroup(string To, string Reason, params string[] From)
{
    /// <summary>
    /// Why the program names these edges although the order also holds by another path; null if only each edge itself holds an order.
    /// </summary>
    public string? HeldElsewhere { get; init; }

    public IEnumerable<Edge> Edges => From.Select(from => new Edge(from, To));
}

/// <summary>The edges of the cluster and its nodes.</summary>
internal static class CloudEdges
{
    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new("gopher-mesh:eks:Network cluster",
            "The control plane's addresses are in the subnets, and EKS and the nodes need the routes until their end.",
            "Cluster cluster"),
        new("gopher-mesh:eks:ServiceRole cluster-cluster",
            "EKS deletes load balancers, volumes and nodes with this role's policies.", "Cluster cluster"),
        new("gopher-mesh:eks:ServiceRole cluster-nodes",
            "A node joins, pulls images and leaves with this role's policies, even while it is drained.", "Cluster cluster"),
        new("LogGroup cluster-control-plane", "EKS would create the group again, and keep its logs for ever.", "Cluster cluster"),
        new("Cluster cluster", "The provider needs the API for every deletion.", "kubernetes cluster"),
        new("Cluster cluster", "A cluster that still logs when it is deleted may make its log group again.", "Command cluster-control-plane-logs"),
        new("Command cluster-control-plane-logs", "What happens to the nodes and on them is still logged.", "gopher-mesh:eks:Nodes cluster"),
        new("Cluster cluster", "Nodes that outlive the cluster stay on the bill.", "gopher-mesh:eks:Nodes cluster")
        {
            HeldElsewhere = "The provider of the nodes' objects depends on the cluster too; the nodes name it themselves.",
        },
        new("ConfigMap cluster-network-policy", "A node that starts before it enforces no NetworkPolicy.", "NodeClass cluster"),
        new("NodeClass cluster", "A pool starts no node without its class, and its nodes need the class until their end.", "NodePool cluster"),
        new("InternetGateway cluster", "A NAT gateway needs an internet gateway, and AWS deletes no internet gateway that is in use.",
            "NatGateway cluster-private-0", "NatGateway cluster-private-1", "NatGateway cluster-private-2"),
        new("RolePolicy cluster-flow-logs", "Without the permission to write, flow logs record nothing and report no error.", "FlowLog cluster"),
        new("Repository gopher-distributor", "An image is pushed into it.", "Command gopher-distributor-image"),
        new("Repository gopher-requester", "An image is pushed into it.", "Command gopher-requester-image"),
    ];
}

/// <summary>The edges of Istio and of the tools that watch it.</summary>
internal static class MeshEdges
{
    private const string MeshHoldsIt = "The charts before it need the namespace too; each chart names it, so that it is deleted last.";
    private const string Policy = "NetworkPolicy tools";
    private const string OthersHoldIt = "What it mounts and what protects it are in the namespace too; each release names it, so that it is deleted last.";

    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new("gopher-mesh:eks:Nodes cluster",
            "Its pods run on the nodes; the gateway's load balancer can be deleted only while they and the network exist.",
            "Namespace istio-system"),
        new("gopher-mesh:eks:Nodes cluster", "Its volumes are deleted while the nodes exist.", "StorageClass metrics"),
        new("Namespace istio-system", "Deleting the namespace deletes what Helm still has to uninstall.", "Release istio-base"),
        new("Namespace istio-system", "Deleting the namespace deletes what Helm still has to uninstall.",
            "Release istio-cni", "Release istiod", "Release istio-ingressgateway") { HeldElsewhere = MeshHoldsIt },
        new("Release istio-base",
            "istiod, which comes after the plugin, does not start without the CRDs, and its objects are deleted before them.",
            "Release istio-cni"),
        new("Release istio-cni", "Pods that istiod injects rely on the plugin at their start and to their end.", "Release istiod"),
        new("Release istiod", "The gateway's pods get their proxy from istiod.", "Release istio-ingressgateway"),
        new("Release istio-ingressgateway",
            "Pods get a sidecar, and routes are checked, only where istiod is; the gateway is the last of Istio.",
            "Namespace gophers", "Telemetry mesh-default", "EnvoyFilter forget-foreign-traces"),
        new("Release istio-ingressgateway", "The tools ask the mesh, and run on the same nodes.", "Namespace observability"),
        new("Namespace observability", "A deleted namespace takes what is in it.",
            "ConfigMap grafana-dashboards-gopher", "ConfigMap kube-state-metrics-virtualservices", "ConfigMap prometheus-config",
            Policy),
        new("Namespace observability", "Deleting the namespace deletes what Helm still has to uninstall.",
            "Release grafana", "Release jaeger", "Release kube-state-metrics", "Release prometheus", "Release kiali")
        {
            HeldElsewhere = OthersHoldIt,
        },
        new(Policy, "No tool runs, at its start or its end, where any pod could reach it.",
            "Release grafana", "Release jaeger", "Release kube-state-metrics", "Release prometheus"),
        new(Policy, "As above.", "Release kiali") { HeldElsewhere = "It comes after the tools that it calls, which need the policy too." },
        new("ConfigMap grafana-dashboards-gopher", "Its pod mounts it, and does not start without it.", "Release grafana"),
        new("ConfigMap kube-state-metrics-virtualservices", "Its pod mounts it, and does not start without it.", "Release kube-state-metrics"),
        new("ConfigMap prometheus-config", "Its pod mounts it, and does not start without it.", "Release prometheus"),
        new("StorageClass metrics", "The class says how its volume is created, and that it is deleted with the claim.", "Release prometheus"),
        new("Release prometheus", "Kiali calls it.", "Release kiali"),
        new("Release jaeger", "Kiali calls it.", "Release kiali"),
        new("Release grafana", "Kiali calls it.", "Release kiali"),
        new("Namespace gophers", "Kiali's chart creates a Role in each namespace that exists.", "Release kiali"),
    ];
}

/// <summary>The edges of what protects the gophers, and of their pods to it.</summary>
internal static class SecurityEdges
{
    private const string Home = "Namespace gophers";
    private const string Closed = "AuthorizationPolicy allow-nothing";

    private static readonly string[] Pods = ["Deployment gopher-distributor-v1", "Deployment gopher-distributor-v2", "Deployment gopher-requester"];
    private static readonly string[] Allowed = ["AuthorizationPolicy gopher-distributor", "AuthorizationPolicy gopher-requester"];

    private static readonly string[] Policies =
        ["NetworkPolicy default-deny", "NetworkPolicy proxies", "NetworkPolicy gopher-distributor", "NetworkPolicy gopher-requester", "Sidecar default"];

    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new("Release istio-ingressgateway", "Its kind is Istio's, and istiod checks it.", "PeerAuthentication default"),
        new(Home, "An object needs its namespace, and deleting the namespace deletes its objects in any order.", [.. Allowed, .. Policies]),
        new(Home, "As above.", Closed) { HeldElsewhere = "It comes after the others, which are in the namespace too." },
        .. Allowed.Select(to => new EdgeGroup(to, "It must not refuse calls that the others do not allow yet, or still allow.", Closed)),
        .. Policies.Append("PeerAuthentication default").Append(Closed)
            .Select(to => new EdgeGroup(to, "No pod runs, at its start or its end, without what protects it.", Pods)),
        .. Allowed.Select(to => new EdgeGroup(to, "No pod runs without those that may call it.", Pods)
        {
            HeldElsewhere = "The policy that allows nothing comes after it; the pods name what they need and do not rely on that.",
        }),
    ];
}

/// <summary>The edges of the gophers and of the routes to them.</summary>
internal static class GopherEdges
{
    private const string Home = "Namespace gophers";
    private const string V1 = "gopher-distributor-v1";
    private const string V2 = "gopher-distributor-v2";
    private const string ThePods = "The pods need it too, and the route needs the pods; but a route names what it uses itself.";

    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new(Home, "An object needs its namespace, and deleting the namespace deletes its objects in any order.",
            $"DestinationRule {V1}", $"DestinationRule {V2}", "DestinationRule gopher-requester", "Gateway gopher-gateway",
            $"PodDisruptionBudget {V1}", $"PodDisruptionBudget {V2}", "PodDisruptionBudget gopher-requester",
            "Service gopher-distributor", "Service gopher-requester", "ServiceAccount gopher-distributor", "ServiceAccount gopher-requester"),
        new(Home, "As above.", $"Deployment {V1}", $"Deployment {V2}", "Deployment gopher-requester", "VirtualService gopher-distributor", "VirtualService gopher-requester")
        {
            HeldElsewhere = "What it needs is in the namespace too; the rule is the same for everything in it.",
        },
        new("ServiceAccount gopher-distributor", "No pod is admitted without its account.", $"Deployment {V1}", $"Deployment {V2}"),
        new("ServiceAccount gopher-requester", "No pod is admitted without its account.", "Deployment gopher-requester"),
        new("Service gopher-distributor", "A pod's proxy knows a port's protocol from the Service.", $"Deployment {V1}", $"Deployment {V2}"),
        new("Service gopher-requester", "A pod's proxy knows a port's protocol from the Service.", "Deployment gopher-requester"),
        new($"DestinationRule {V1}", "The first pod of the subset must already get its policy.", $"Deployment {V1}"),
        new($"DestinationRule {V2}", "The first pod of the subset must already get its policy.", $"Deployment {V2}"),
        new("DestinationRule gopher-requester", "The first pod must already get its policy.", "Deployment gopher-requester"),
        new($"Deployment {V1}", "A route names only subsets that have pods.", "VirtualService gopher-distributor"),
        new($"Deployment {V2}", "A route names only subsets that have pods.", "VirtualService gopher-distributor"),
        new("Deployment gopher-requester", "A route names only what has pods.", "VirtualService gopher-requester"),
        new("Gateway gopher-gateway", "A route is bound to it.", "VirtualService gopher-requester"),
        .. new[] { $"DestinationRule {V1}", $"DestinationRule {V2}", "Service gopher-distributor" }
            .Select(to => new EdgeGroup(to, "A route names only what exists.", "VirtualService gopher-distributor") { HeldElsewhere = ThePods }),
        .. new[] { "DestinationRule gopher-requester", "Service gopher-requester" }
            .Select(to => new EdgeGroup(to, "A route names only what exists.", "VirtualService gopher-requester") { HeldElsewhere = ThePods }),
    ];
}

/// <summary>Which resource a destroy has to delete before which other one: the purpose of the edges, stated without them.</summary>
internal static class RequiredOrders
{
    private const string Gateway = "Release istio-ingressgateway";

    /// <summary>Besides the rules for kinds: the first is deleted before the second.</summary>
    private static readonly (string First, string Later)[] Pairs =
    [
        ("NodePool cluster", "NodeClass cluster"), ("NodeClass cluster", "ConfigMap cluster-network-policy"),
        ("kubernetes cluster", "Cluster cluster"), ("Cluster cluster", "LogGroup cluster-control-plane"),
        ("Command cluster-control-plane-logs", "Cluster cluster"), ("NodePool cluster", "Command cluster-control-plane-logs"),
        ("Cluster cluster", "Key cluster"), ("NatGateway cluster-private-0", "InternetGateway cluster"),
        ("NatGateway cluster-private-1", "InternetGateway cluster"), ("NatGateway cluster-private-2", "InternetGateway cluster"),
        ("FlowLog cluster", "RolePolicy cluster-flow-logs"), ("Command gopher-distributor-image", "Repository gopher-distributor"),
        ("Command gopher-requester-image", "Repository gopher-requester"), ("Release istio-cni", "Release istio-base"),
        ("Release istiod", "Release istio-cni"), (Gateway, "Release istiod"), ("Release grafana", "ConfigMap grafana-dashboards-gopher"),
        ("Release kube-state-metrics", "ConfigMap kube-state-metrics-virtualservices"),
        ("Release prometheus", "ConfigMap prometheus-config"), ("Release prometheus", "StorageClass metrics"),
        .. new[] { "grafana", "jaeger", "kube-state-metrics", "prometheus", "kiali" }.Select(tool => ($"Release {tool}", "NetworkPolicy tools")),
        ("Release kiali", "Release prometheus"), ("Release kiali", "Release jaeger"), ("Release kiali", "Release grafana"),
        ("Release kiali", "Namespace gophers"),
        ("AuthorizationPolicy allow-nothing", "AuthorizationPolicy gopher-distributor"),
        ("AuthorizationPolicy allow-nothing", "AuthorizationPolicy gopher-requester"),
        ("VirtualService gopher-requester", "Gateway gopher-gateway"), ("VirtualService gopher-requester", "Deployment gopher-requester"),
        ("VirtualService gopher-distributor", "Deployment gopher-distributor-v1"),
        ("VirtualService gopher-distributor", "Deployment gopher-distributor-v2"),
        ("Deployment gopher-requester", "DestinationRule gopher-requester"),
        ("Deployment gopher-distributor-v1", "DestinationRule gopher-distributor-v1"),
        ("Deployment gopher-distributor-v2", "DestinationRule gopher-distributor-v2"),
    ];

    // What protects a pod, and must exist as long as the pod runs.
    private static readonly string[] Guards = ["PeerAuthentication", "AuthorizationPolicy", "NetworkPolicy", "Sidecar"];

    /// <summary>All of them, for what is declared.</summary>
    public static IReadOnlyList<(Declared First, Declared Later)> In(IReadOnlyList<Declared> resources)
    {
        var byKey = resources.ToDictionary(Edge.KeyOf);
        var inCluster = resources.Where(IsInCluster).ToList();
        return
        [
            .. Pairs.Select(pair => (byKey[pair.First], byKey[pair.Later])),
            .. inCluster.Select(item => (item, byKey["Cluster cluster"])),
            .. inCluster.Where(item => !IsOfNodes(item)).Select(item => (item, byKey["NodePool cluster"])),
            .. resources.Where(IsBelowCluster).Select(item => (byKey["Cluster cluster"], item)),
            .. from item in inCluster
               from space in inCluster
               where space.Type == "kubernetes:core/v1:Namespace" && SpaceOf(item) == (string)space.Inputs["metadata"]!["name"]!
               select (item, space),
            // Istio's kinds come with its first chart, and are checked by istiod, which also gives every pod of the gophers its proxy.
            .. inCluster.Where(item => item.Type.Contains(".istio.io/", StringComparison.Ordinal) || IsDeployment(item))
                .SelectMany(item => new[] { (item, byKey["Release istio-base"]), (item, byKey["Release istiod"]) }),
            .. inCluster.Where(IsDeployment).SelectMany(item => Named(item, byKey)),
            .. from item in inCluster.Where(IsDeployment)
               from guard in inCluster
               where Guards.Contains(guard.Type.Split(':')[^1]) && (SpaceOf(guard) == SpaceOf(item) || SpaceOf(guard) == "istio-system")
               select (item, guard),
        ];
    }

    /// <summary>Those that do not hold.</summary>
    public static IReadOnlyList<string> Broken(IReadOnlyList<Declared> resources)
    {
        var order = new DeletionOrder(resources);
        return
        [
            .. In(resources).Where(pair => !order.Deletes(pair.First, pair.Later))
                .Select(pair => $"{Edge.KeyOf(pair.First)} before {Edge.KeyOf(pair.Later)}"),
        ];
    }

    // A pod's account, and the Service of its app, whose name its own begins with.
    private static IEnumerable<(Declared, Declared)> Named(Declared deployment, Dictionary<string, Declared> byKey)
    {
        var app = (string)deployment.Inputs["spec"]!["template"]!["metadata"]!["labels"]!["app"]!;
        return [(deployment, byKey[$"ServiceAccount {app}"]), (deployment, byKey[$"Service {app}"])];
    }

    private static bool IsInCluster(Declared resource) =>
        !resource.IsRead && resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal);

    private static bool IsDeployment(Declared resource) => resource.Type == "kubernetes:apps/v1:Deployment";

    private static bool IsOfNodes(Declared resource) =>
        resource.Parent?.Contains("gopher-mesh:eks:Nodes", StringComparison.Ordinal) == true;

    private static bool IsBelowCluster(Declared resource) => resource.Type.StartsWith("aws:", StringComparison.Ordinal)
        && (resource.Urn.Contains("gopher-mesh:eks:Network$", StringComparison.Ordinal)
            || resource.Urn.Contains("gopher-mesh:eks:ServiceRole$", StringComparison.Ordinal));

    private static string? SpaceOf(Declared resource) =>
        (string?)(resource.Inputs["metadata"]?["namespace"] ?? resource.Inputs["namespace"]);
}
