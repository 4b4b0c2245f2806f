using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Order;

/// <summary>A dependency that the program names by the option DependsOn. Created later, and deleted earlier, is what depends.</summary>
/// <param name="From">What depends, as <see cref="KeyOf"/> names it.</param>
/// <param name="To">What it depends on.</param>
internal sealed record Edge(string From, string To)
{
    /// <summary>A resource as the tables name it: kind and name, and the whole type of a component of ours.</summary>
    public static string KeyOf(Declared resource) =>
        $"{(resource.Type.StartsWith("gopher-mesh:", StringComparison.Ordinal) ? resource.Type : resource.Type.Split(':')[^1])} {resource.Name}";

    public override string ToString() => $"{From} -> {To}";
}

/// <summary>Edges to one resource that are there for one reason.</summary>
/// <param name="To">What they go to.</param>
/// <param name="Reason">What would go wrong at an apply or a destroy without one of them.</param>
/// <param name="From">Where they come from.</param>
internal sealed record EdgeGroup(string To, string Reason, params string[] From)
{
    /// <summary>
    /// Why an order that holds without one of these edges, by another path, is named all the same; null where each of them alone holds one.
    /// </summary>
    public string? HeldElsewhere { get; init; }

    public IEnumerable<Edge> Edges => From.Select(from => new Edge(from, To));
}

/// <summary>What the cluster and its nodes are told to depend on.</summary>
internal static class CloudEdges
{
    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new("gopher-mesh:eks:Network cluster",
            "The control plane's addresses are in the subnets, and EKS and the nodes leave by the routes until the end.",
            "Cluster cluster"),
        new("gopher-mesh:eks:ServiceRole cluster-cluster",
            "EKS takes load balancers, volumes and nodes away under this role's policies.", "Cluster cluster"),
        new("gopher-mesh:eks:ServiceRole cluster-nodes",
            "A node that is drained still pulls, and joins and leaves, under this role's policies.", "Cluster cluster"),
        new("LogGroup cluster-control-plane", "EKS would make the group again, without an end to what it keeps.", "Cluster cluster"),
        new("Cluster cluster", "Whatever the provider deletes, the API has to be there for.", "kubernetes cluster"),
        new("Cluster cluster", "Nodes that outlive the cluster stay on the bill.", "gopher-mesh:eks:Nodes cluster")
        {
            HeldElsewhere = "The provider of the nodes' objects depends on the cluster, too; the nodes say so by themselves.",
        },
        new("ConfigMap cluster-network-policy", "A node that starts before it enforces no NetworkPolicy.", "NodeClass cluster"),
        new("NodeClass cluster", "A pool without its class starts nothing, and its nodes end under it.", "NodePool cluster"),
        new("InternetGateway cluster", "AWS takes no NAT gateway in a VPC without one, and lets none go from under it.",
            "NatGateway cluster-private-0", "NatGateway cluster-private-1", "NatGateway cluster-private-2"),
        new("RolePolicy cluster-flow-logs", "Flow logs that may not write do nothing, and say nothing.", "FlowLog cluster"),
        new("Repository gopher-distributor", "An image is pushed into it.", "Command gopher-distributor-image"),
        new("Repository gopher-requester", "An image is pushed into it.", "Command gopher-requester-image"),
    ];
}

/// <summary>What Istio and the tools that watch it are told to depend on.</summary>
internal static class MeshEdges
{
    private const string MeshHoldsIt = "The charts before it need the namespace, too; that it is the last to go is said of each.";
    private const string Policy = "NetworkPolicy tools";
    private const string OthersHoldIt = "What it mounts and what protects it are in the namespace, too; that it is the last to go is said of each.";

    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new("gopher-mesh:eks:Nodes cluster",
            "Its pods run on the nodes; the gateway's load balancer is only taken away while they and the network are there.",
            "Namespace istio-system"),
        new("gopher-mesh:eks:Nodes cluster", "Its volumes are taken away from the nodes.", "StorageClass metrics"),
        new("Namespace istio-system", "A deleted namespace takes what Helm still has to uninstall.", "Release istio-base"),
        new("Namespace istio-system", "A deleted namespace takes what Helm still has to uninstall.",
            "Release istio-cni", "Release istiod", "Release istio-ingressgateway") { HeldElsewhere = MeshHoldsIt },
        new("Release istio-base",
            "istiod, which comes after the plugin, does not start without the CRDs, and what it made of them goes first.",
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
        new("Namespace observability", "A deleted namespace takes what Helm still has to uninstall.",
            "Release grafana", "Release jaeger", "Release kube-state-metrics", "Release prometheus", "Release kiali")
        {
            HeldElsewhere = OthersHoldIt,
        },
        new(Policy, "No tool runs, at its start or its end, where any pod could reach it.",
            "Release grafana", "Release jaeger", "Release kube-state-metrics", "Release prometheus"),
        new(Policy, "As above.", "Release kiali") { HeldElsewhere = "It comes after the tools that it asks, which need the policy, too." },
        new("ConfigMap grafana-dashboards-gopher", "Its pod mounts it, and does not start without.", "Release grafana"),
        new("ConfigMap kube-state-metrics-virtualservices", "Its pod mounts it, and does not start without.", "Release kube-state-metrics"),
        new("ConfigMap prometheus-config", "Its pod mounts it, and does not start without.", "Release prometheus"),
        new("StorageClass metrics", "The class says how its volume is made, and that it goes with the claim.", "Release prometheus"),
        new("Release prometheus", "Kiali asks it.", "Release kiali"),
        new("Release jaeger", "Kiali asks it.", "Release kiali"),
        new("Release grafana", "Kiali asks it.", "Release kiali"),
        new("Namespace gophers", "Kiali's chart makes a Role in each of the namespaces that are there.", "Release kiali"),
    ];
}

/// <summary>What protects the gophers, and what of it their pods are told to depend on.</summary>
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
        new(Home, "There is no object without its namespace, and a deleted one takes them in an order of its own.", [.. Allowed, .. Policies]),
        new(Home, "As above.", Closed) { HeldElsewhere = "It comes after the others, which are in the namespace, too." },
        .. Allowed.Select(to => new EdgeGroup(to, "It must not refuse what the others are about to allow, nor still allow.", Closed)),
        .. Policies.Append("PeerAuthentication default").Append(Closed)
            .Select(to => new EdgeGroup(to, "No pod runs, at its start or its end, without what protects it.", Pods)),
        .. Allowed.Select(to => new EdgeGroup(to, "No pod runs without those that may call it.", Pods)
        {
            HeldElsewhere = "The policy that allows nothing comes after it; the pods say what they need without counting on that.",
        }),
    ];
}

/// <summary>What the gophers and the routes to them are told to depend on.</summary>
internal static class GopherEdges
{
    private const string Home = "Namespace gophers";
    private const string V1 = "gopher-distributor-v1";
    private const string V2 = "gopher-distributor-v2";
    private const string ThePods = "The pods need it, too, and the route needs them; a route says by itself what it names.";

    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new(Home, "There is no object without its namespace, and a deleted one takes them in an order of its own.",
            $"DestinationRule {V1}", $"DestinationRule {V2}", "DestinationRule gopher-requester", "Gateway gopher-gateway",
            $"PodDisruptionBudget {V1}", $"PodDisruptionBudget {V2}", "PodDisruptionBudget gopher-requester",
            "Service gopher-distributor", "Service gopher-requester", "ServiceAccount gopher-distributor", "ServiceAccount gopher-requester"),
        new(Home, "As above.", $"Deployment {V1}", $"Deployment {V2}", "Deployment gopher-requester", "VirtualService gopher-distributor", "VirtualService gopher-requester")
        {
            HeldElsewhere = "What it needs is in the namespace, too; the rule is the same for all that is in it.",
        },
        new("ServiceAccount gopher-distributor", "No pod is admitted without its account.", $"Deployment {V1}", $"Deployment {V2}"),
        new("ServiceAccount gopher-requester", "No pod is admitted without its account.", "Deployment gopher-requester"),
        new("Service gopher-distributor", "A pod's proxy knows a port's protocol from the Service.", $"Deployment {V1}", $"Deployment {V2}"),
        new("Service gopher-requester", "A pod's proxy knows a port's protocol from the Service.", "Deployment gopher-requester"),
        new($"DestinationRule {V1}", "Of a subset's pods the first already gets its policy.", $"Deployment {V1}"),
        new($"DestinationRule {V2}", "Of a subset's pods the first already gets its policy.", $"Deployment {V2}"),
        new("DestinationRule gopher-requester", "The first pod already gets its policy.", "Deployment gopher-requester"),
        new($"Deployment {V1}", "A route names only subsets that have pods.", "VirtualService gopher-distributor"),
        new($"Deployment {V2}", "A route names only subsets that have pods.", "VirtualService gopher-distributor"),
        new("Deployment gopher-requester", "A route names only what has pods.", "VirtualService gopher-requester"),
        new("Gateway gopher-gateway", "A route is bound to it.", "VirtualService gopher-requester"),
        .. new[] { $"DestinationRule {V1}", $"DestinationRule {V2}", "Service gopher-distributor" }
            .Select(to => new EdgeGroup(to, "A route names only what is there.", "VirtualService gopher-distributor") { HeldElsewhere = ThePods }),
        .. new[] { "DestinationRule gopher-requester", "Service gopher-requester" }
            .Select(to => new EdgeGroup(to, "A route names only what is there.", "VirtualService gopher-requester") { HeldElsewhere = ThePods }),
    ];
}
