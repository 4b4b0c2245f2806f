using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Manifests;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What both sides are given: an echo in two versions, the subsets, a Gateway and a VirtualService for each case.</summary>
internal static class ComparedObjects
{
    private static readonly string[] Versions = ["v1", "v2"];

    public static IReadOnlyList<JsonObject> Routing { get; } =
    [
        Object("Service", "v1", "echo", "selector: { app: echo }, ports: [{ name: http, port: 80, targetPort: 8080 }]"),
        Object("Gateway", "networking.istio.io/v1", "compared",
            "selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['*.test'] }]"),
        .. Versions.Append("none").Select(version => Object("DestinationRule", "networking.istio.io/v1", $"echo-{version}",
            $"host: echo.{RoutingCase.Namespace}.svc.cluster.local, subsets: [{{ name: {version}, labels: {{ version: {version} }} }}]")),
        .. Counters().Concat(ShareCases.All).Concat(RoutingCases.All).Select(item => item.VirtualService()),
    ];

    /// <summary>What only the cluster needs: the namespace and the pods, which the rehearsal's side has in this process.</summary>
    public static IReadOnlyList<JsonObject> Pods { get; } =
    [
        DeclaredObject.ToJson($"{{ apiVersion: v1, kind: Namespace, metadata: {{ name: {RoutingCase.Namespace}, labels: {{ istio-injection: enabled }} }} }}"),
        .. Versions.Select(version => Object("Deployment", "apps/v1", $"echo-{version}", $$"""
            selector: { matchLabels: { app: echo, version: {{version}} } },
            template: {
              metadata: { labels: { app: echo, version: {{version}} } },
              spec: { containers: [{
                name: echo, image: '{{ClusterSettings.StubRepository}}:echo', imagePullPolicy: IfNotPresent,
                env: [{ name: VERSION, value: {{version}} }, { name: ASPNETCORE_URLS, value: 'http://+:8080' }, { name: DOTNET_EnableDiagnostics, value: '0' }],
                readinessProbe: { httpGet: { path: /readyz, port: 8080 }, periodSeconds: 1 } }] } }
            """)),
    ];

    /// <summary>The host under which a version tells how many requests it has received.</summary>
    public static string CounterOf(string version) => $"counter-{version}.test";

    public static IReadOnlyList<Manifest> AsManifests() =>
        [.. Routing.Select(body => new Manifest(Text(body, "apiVersion"), Text(body, "kind"), RoutingCase.Namespace, (string)body["metadata"]!["name"]!, body))];

    // Last in the table, so that a proxy that knows them knows the others as well: Istio tells a proxy all at once.
    private static IEnumerable<RoutingCase> Counters() =>
        Versions.Select(version => new RoutingCase($"counter-{version}", $"[{{ route: [{{ destination: {{{version}}} }}] }}]"));

    private static string Text(JsonObject body, string member) => (string)body[member]!;

    private static JsonObject Object(string kind, string apiVersion, string name, string spec) => DeclaredObject.ToJson(
        $"{{ apiVersion: {apiVersion}, kind: {kind}, metadata: {{ name: {name}, namespace: {RoutingCase.Namespace} }}, spec: {{ {spec.ReplaceLineEndings(" ")} }} }}");
}
