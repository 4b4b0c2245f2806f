using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Differential.Sides;

/// <summary>The routing that both sides are given: Services, Gateways, the subsets, and a VirtualService for each case.</summary>
internal static class ComparedObjects
{
    public const string Networking = "networking.istio.io/v1";

    public static IReadOnlyList<string> Versions { get; } = ["v1", "v2"];

    /// <summary>All objects.</summary>
    /// <param name="policy">The subsets' traffic policy: the one that the stack declares.</param>
    /// <param name="own">Cases beside those of the tables.</param>
    public static IReadOnlyList<JsonObject> Routing(JsonNode policy, IEnumerable<RoutingCase> own) =>
    [
        Service("echo"),
        Service("routed"),
        // With one version behind it, so that it is known who answers.
        Service("alone", "version: v1"),
        Gateway("compared", Server(80, "*.test")),
        Gateway("narrow", Server(80, "a.narrow.test")),
        Gateway("namespaces",
            Server(80, $"{RoutingCase.Namespace}/named.ns.test", "./own.ns.test", "*/any.ns.test", "elsewhere/other.ns.test")),
        Gateway("behind-tls", $"{Server(80, "behind-tls.test")[..^1]}, tls: {{ httpsRedirect: true }} }}", Server(443, "behind-tls.test")),
        Gateway("everyone", Server(443, "*")),
        .. Versions.Concat(["pair", "none"]).Select(version => DestinationRule(version, policy)),
        .. ShareCases.All.Select(share => share.Routing).Concat(RoutingCases.All).Concat(own).SelectMany(item => item.VirtualService()),
        .. Counters().SelectMany(counter => counter.VirtualService()),
    ];

    /// <summary>The same for the rehearsal.</summary>
    public static IReadOnlyList<Manifest> AsManifests(IEnumerable<JsonObject> objects) =>
        [.. objects.Select(body => new Manifest(
            Text(body, "apiVersion"), Text(body, "kind"), (string)body["metadata"]!["namespace"]!, (string)body["metadata"]!["name"]!, body))];

    /// <summary>The host under which a version tells what it has received.</summary>
    public static string CounterOf(string version) => $"counter-{version}.test";

    // Last in the table, so that a proxy that knows them knows the others as well: Istio tells a proxy all at once.
    private static IEnumerable<RoutingCase> Counters() =>
        Versions.Select(version => new RoutingCase($"counter-{version}", Cases.Writing.To(version)));

    private static JsonObject Service(string name, string selector = "app: echo") =>
        Object("Service", "v1", name, $"selector: {{ {selector} }}, ports: [{{ name: http, port: 80, targetPort: 8080 }}]");

    private static JsonObject Gateway(string name, params string[] servers) =>
        Object("Gateway", Networking, name, $"selector: {{ istio: ingressgateway }}, servers: [{string.Join(", ", servers)}]");

    private static string Server(int port, params string[] hosts) =>
        $"{{ port: {{ number: {port}, name: http-{port}, protocol: HTTP }}, hosts: ['{string.Join("', '", hosts)}'] }}";

    private static JsonObject DestinationRule(string version, JsonNode policy)
    {
        var subset = $"name: {version}, labels: {{ version: {version} }}, trafficPolicy: {policy.ToJsonString()}";
        return Object("DestinationRule", Networking, $"echo-{version}", $"host: {RoutingCase.Echo}, subsets: [{{ {subset} }}]");
    }

    private static string Text(JsonObject body, string member) => (string)body[member]!;

    private static JsonObject Object(string kind, string apiVersion, string name, string spec) => DeclaredObject.ToJson($$"""
        apiVersion: {{apiVersion}}
        kind: {{kind}}
        metadata: { name: {{name}}, namespace: {{RoutingCase.Namespace}} }
        spec: { {{spec.ReplaceLineEndings(" ")}} }
        """);
}

/// <summary>What only the cluster needs: pods, which the rehearsal's side has in this process, and a second port of the gateway.</summary>
internal static class ComparedPods
{
    /// <summary>A namespace from which another one is called.</summary>
    public const string Elsewhere = "gopher-differential-elsewhere";

    /// <summary>The pod that asks as it is told to.</summary>
    public const string Asker = "asker";

    public const int Port = 8080;

    /// <summary>The port of the gateway beside 80, as the Gateways number it.</summary>
    public const int SecondPort = 443;

    /// <summary>Where a pod reaches the gateway's second port.</summary>
    public const string SecondPortHost = $"{SecondPortService}.{GatewayNamespace}.svc.cluster.local";

    private const string GatewayNamespace = "istio-system";

    private const string SecondPortService = "differential-second-port";

    public static IReadOnlyList<JsonObject> Namespaces { get; } =
    [
        .. new[] { RoutingCase.Namespace, Elsewhere }.Select(name => DeclaredObject.ToJson(
            $"{{ apiVersion: v1, kind: Namespace, metadata: {{ name: {name}, labels: {{ istio-injection: enabled }} }} }}")),
    ];

    public static IReadOnlyList<JsonObject> All { get; } =
    [
        // The stack's own Service has one port; Istio's gateway listens on the port behind what its Services number.
        DeclaredObject.ToJson($$"""
            apiVersion: v1
            kind: Service
            metadata: { name: {{SecondPortService}}, namespace: {{GatewayNamespace}} }
            spec: { selector: { istio: ingressgateway }, ports: [{ name: http-second, port: {{SecondPort}}, targetPort: 8443 }] }
            """),
        .. ComparedObjects.Versions.Select(version => Echo($"echo-{version}", version, "echo")),
        Echo("pair-well", "pair", "echo"),
        Echo("pair-failing", "pair", "error"),
        Stub(Asker, RoutingCase.Namespace, "app: asker", "asker", "echo", Unproxied),
        Stub(Asker, Elsewhere, "app: asker", "asker", "echo", Unproxied),
    ];

    // The test asks the asker beside its proxy, which would refuse the plain text of the API server; and the asker the gateway's
    // second port, as a load balancer does.
    private static string Unproxied =>
        $"traffic.sidecar.istio.io/excludeInboundPorts: '{Port}', traffic.sidecar.istio.io/excludeOutboundPorts: '{SecondPort}'";

    /// <summary>Removes all of it.</summary>
    public static async Task DeleteAsync()
    {
        await Kubectl.RunAsync("--namespace", GatewayNamespace, "delete", "service", SecondPortService, "--ignore-not-found");
        await Kubectl.RunAsync("delete", "namespace", RoutingCase.Namespace, Elsewhere, "--wait=false");
    }

    private static JsonObject Echo(string name, string version, string behaviour) =>
        Stub(name, RoutingCase.Namespace, $"app: echo, version: {version}", version, behaviour, "");

    private static JsonObject Stub(string name, string @namespace, string labels, string version, string behaviour, string annotations) =>
        DeclaredObject.ToJson($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: {{name}}, namespace: {{@namespace}}, labels: { {{labels}} }, annotations: { {{annotations}} } }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - name: stub
                  image: '{{ClusterSettings.StubRepository}}:{{behaviour}}'
                  imagePullPolicy: IfNotPresent
                  readinessProbe: { httpGet: { path: /readyz, port: {{Port}} }, periodSeconds: 1 }
                  env:
                    - { name: VERSION, value: {{version}} }
                    - { name: ASPNETCORE_URLS, value: 'http://+:{{Port}}' }
                    - { name: DOTNET_EnableDiagnostics, value: '0' }
            """);
}
