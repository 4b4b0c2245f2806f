using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>A draft as objects, and what all of them share.</summary>
internal static class Writing
{
    /// <summary>The Service behind most routes: its subsets have no policy, so that failures do not eject a pod.</summary>
    private const string Target = $"target.{RoutingCase.Namespace}.svc.cluster.local";

    /// <summary>What generated objects are found and removed by.</summary>
    public const string Label = "generated";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Subsets = ["v1", "v2", "none", "undeclared"];

    /// <summary>What the configurations share, beside the tables' objects.</summary>
    public static IReadOnlyList<JsonObject> Shared { get; } =
    [
        Object("v1", "Service", "target", "selector: { app: echo }, ports: [{ name: http, port: 80, targetPort: 8080 }]"),
        // Every sidecar listens on a port that a Service has.
        Object("v1", "Service", "ported", "selector: { app: echo }, ports: [{ name: http, port: 8081, targetPort: 8080 }]"),
        Object(ComparedObjects.Networking, "DestinationRule", "target",
            $"host: {Target}, subsets: [{string.Join(", ", Subsets[..3].Select(subset => $"{{ name: {subset}, labels: {{ version: {subset} }} }}"))}]"),
    ];

    /// <summary>The objects of a configuration.</summary>
    public static IReadOnlyList<JsonObject> Objects(Draft draft, string name) =>
    [
        .. draft.Services.Select(service => Own("v1", "Service", name, Named(service, name))),
        .. draft.Rules.Select(rule => Own(ComparedObjects.Networking, "DestinationRule", name, $"host: '{name}', {Named(rule, name)}")),
        .. draft.Gateways.Select(gateway => Own(ComparedObjects.Networking, "Gateway", $"{name}-gateway",
            $"selector: {{ istio: ingressgateway }}, servers: [{Named(string.Join(", ", gateway.Servers.Select(Server)), name)}]")),
        // Istio takes VirtualServices by age, then by name.
        .. draft.VirtualServices.Select((service, index) => Own(ComparedObjects.Networking, "VirtualService", $"{name}-{index}",
            Named($"hosts: [{Joined(service.Hosts)}], gateways: [{Joined(service.Gateways)}], http: [{string.Join(", ", service.Routes.Select(Route))}]", name))),
    ];

    /// <summary>A configuration as it is shown to people.</summary>
    public static string Yaml(Draft draft) => string.Join('\n', Objects(draft, "name").Select(item => $"{item["kind"]} {item["metadata"]!["name"]}: {item["spec"]!.ToJsonString(Readable)}"));

    public static string Named(Piece piece, string name) => Named(piece.Text, name);

    /// <summary>A VirtualService that answers its name by itself: a proxy that does has what was created before.</summary>
    public static JsonObject Sentinel(string name) => Own(ComparedObjects.Networking, "VirtualService", name,
        $"hosts: [{name}.test], gateways: [compared, everyone, mesh], http: [{{ directResponse: {{ status: 200, body: {{ string: '{name}' }} }} }}]");

    private static string Named(string text, string name) => Subsets.Aggregate(text, (filled, subset) =>
            filled.Replace($"{{{subset}}}", $"{{ host: {Target}, subset: {subset} }}", StringComparison.Ordinal))
        .Replace("{name}", name, StringComparison.Ordinal)
        .Replace("{NAME}", name.ToUpperInvariant(), StringComparison.Ordinal);

    private static string Route(RouteDraft route)
    {
        string[] matches = route.Matches.Length == 0 ? [] : [$"match: [{string.Join(", ", route.Matches.Select(match => $"{{ {Joined(match.Conditions)} }}"))}]"];
        return $"{{ {string.Join(", ", [.. matches, route.Action.Text, .. route.Policies.Select(policy => policy.Text)])} }}";
    }

    private static string Server(ServerDraft server, int index)
    {
        var options = string.Concat(server.Options.Select(option => $", {option}"));
        return $"{{ port: {{ number: {server.Port}, name: http-{index}, protocol: HTTP }}, hosts: [{Joined(server.Hosts)}]{options} }}";
    }

    private static string Joined(Piece[] pieces) => string.Join(", ", pieces.Select(piece => piece.Text));

    private static JsonObject Own(string apiVersion, string kind, string name, string spec)
    {
        var item = Object(apiVersion, kind, name, spec);
        item["metadata"]!["labels"] = new JsonObject { [Label] = "true" };
        return item;
    }

    private static JsonObject Object(string apiVersion, string kind, string name, string spec) => DeclaredObject.ToJson(
        $"{{ apiVersion: {apiVersion}, kind: {kind}, metadata: {{ name: '{name}', namespace: {RoutingCase.Namespace} }}, spec: {{ {spec} }} }}");
}
