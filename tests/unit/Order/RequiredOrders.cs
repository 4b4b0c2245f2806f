using GopherMesh.Tests.Unit.Eks;
using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Order;

/// <summary>Which resource a destroy has to delete before which other one: the purpose of the edges, stated without them.</summary>
internal static class RequiredOrders
{
    private const string Gateway = "Release istio-ingressgateway";

    /// <summary>Besides the rules for kinds: the first is deleted before the second.</summary>
    private static readonly (string First, string Later)[] Pairs =
    [
        ("NodePool cluster", "NodeClass cluster"), ("NodeClass cluster", "ConfigMap cluster-network-policy"),
        ("kubernetes cluster", "Cluster cluster"), ("Cluster cluster", "LogGroup cluster-control-plane"),
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
