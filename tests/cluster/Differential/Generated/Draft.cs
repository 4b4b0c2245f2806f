using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>
/// A routing configuration as it was generated, and the requests that go to it: arrays of texts, so that FsCheck makes it smaller by leaving
/// out what an array holds. In texts <c>{name}</c> stands for the name of the configuration, which is new for each run.
/// </summary>
internal sealed record Draft(
    VirtualServiceDraft[] VirtualServices, DelegateDraft[] Delegates, GatewayDraft[] Gateways, Piece[] Services, Piece[] Rules, ProbeDraft[] Probes)
{
    /// <summary>Whether a choice by chance can change an answer, so that each request is sent several times.</summary>
    public bool HasChance => Routes.Any(route => route.All().Any(piece => piece.IsChance));

    /// <summary>Whether answers may be delayed.</summary>
    public bool HasDelay => HasPolicy("fixedDelay");

    /// <summary>Whether requests may be copied.</summary>
    public bool HasMirror => HasPolicy("mirror");

    private IEnumerable<RouteDraft> Routes => VirtualServices.SelectMany(service => service.Routes).Concat(Delegates.SelectMany(leaf => leaf.Routes));

    private bool HasPolicy(string text) => Routes.Any(route => route.Policies.Any(policy => policy.Text.Contains(text, StringComparison.Ordinal)));
}

/// <summary>What is kept or left out as it is: a field in YAML's flow style, a host, a header line.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsChance">A draw decides what it does; each of the possible outcomes comes at least one time in four.</param>
internal sealed record Piece(string Text, bool IsChance = false)
{
    public override string ToString() => Text;
}

/// <summary>An HTTPMatchRequest: each condition is one of its fields.</summary>
internal sealed record MatchDraft(Piece[] Conditions);

/// <summary>An HTTPRoute: the action is its route, redirect or directResponse, each policy is another of its fields.</summary>
internal sealed record RouteDraft(MatchDraft[] Matches, Piece Action, Piece[] Policies)
{
    public IEnumerable<Piece> All() => [Action, .. Policies];
}

/// <summary>A VirtualService.</summary>
internal sealed record VirtualServiceDraft(Piece[] Hosts, Piece[] Gateways, RouteDraft[] Routes);

/// <summary>A VirtualService without hosts, to which others delegate.</summary>
/// <param name="Place">Its name, after its namespace and a slash where that is another one.</param>
/// <param name="Options">Other fields of its spec.</param>
/// <param name="Routes">Its routes.</param>
internal sealed record DelegateDraft(Piece Place, Piece[] Options, RouteDraft[] Routes)
{
    /// <summary>Its namespace and its name.</summary>
    public (string Namespace, string Name) Of(string name) => Writing.Named(Place, name).Split('/') is [var space, var own]
        ? (space, own)
        : (RoutingCase.Namespace, Writing.Named(Place, name));
}

/// <summary>A Gateway.</summary>
internal sealed record GatewayDraft(ServerDraft[] Servers);

/// <summary>A server of a Gateway: its port's number, its hosts, and other fields.</summary>
internal sealed record ServerDraft(Piece Port, Piece[] Hosts, Piece[] Options);

/// <summary>A request.</summary>
/// <param name="Entry">An <see cref="EntryPoint"/>, and the port where a sidecar's application dials a Service: <c>Sidecar 80</c>.</param>
/// <param name="Host">The host header.</param>
/// <param name="Line">The method and the path.</param>
/// <param name="Headers">Header lines.</param>
/// <param name="Body">None or one.</param>
internal sealed record ProbeDraft(Piece Entry, Piece Host, Piece Line, Piece[] Headers, Piece[] Body)
{
    public EntryPoint EntryPoint => Enum.Parse<EntryPoint>(Entry.Text.Split(' ')[0]);

    public Probe Named(string name) => new()
    {
        Port = int.Parse(Entry.Text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture),
        Host = Writing.Named(Host, name),
        Method = Line.Text.Split(' ')[0],
        Path = Line.Text.Split(' ')[1],
        Headers = [.. Headers.Select(header => Writing.Named(header, name))],
        Body = string.Concat(Body.Select(piece => piece.Text)),
    };

    public override string ToString() => $"{Entry} {Line} host: {Host} {string.Join(", ", [.. Headers, .. Body])}".TrimEnd();
}

/// <summary>A draft as JSON, by which two of them are told apart.</summary>
internal static class DraftJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        IgnoreReadOnlyProperties = true,
        Converters = { new PieceConverter() },
    };

    /// <summary>All of the draft: its configuration and its requests.</summary>
    public static string Text(Draft draft) => JsonSerializer.Serialize(draft, Options);

    /// <summary>A piece is its text; a tilde says that it is one of chance.</summary>
    private sealed class PieceConverter : JsonConverter<Piece>
    {
        private const char Chance = '~';

        public override Piece Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString()! is var text && text.StartsWith(Chance) ? new(text[1..], IsChance: true) : new(text);

        public override void Write(Utf8JsonWriter writer, Piece value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.IsChance ? $"{Chance}{value.Text}" : value.Text);
    }
}

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
        .. draft.Delegates.Select(leaf => Leaf(leaf, name)),
        // Istio takes VirtualServices by age, then by name.
        .. draft.VirtualServices.Select((service, index) => Own(ComparedObjects.Networking, "VirtualService", $"{name}-{index}",
            Named($"hosts: [{Joined(service.Hosts)}], gateways: [{Joined(service.Gateways)}], http: [{string.Join(", ", service.Routes.Select(Route))}]", name))),
    ];

    /// <summary>A configuration as it is shown to people.</summary>
    public static string Yaml(Draft draft) => string.Join('\n', Objects(draft, "name").Select(item => $"{Display(item)}: {item["spec"]!.ToJsonString(Readable)}"));

    /// <summary>The kind and the name, with the namespace where it is another one.</summary>
    public static string Display(JsonObject item) =>
        $"{item["kind"]} {((string?)item["metadata"]!["namespace"] is { } space && space != RoutingCase.Namespace ? $"{space}/" : "")}{item["metadata"]!["name"]}";

    public static string Named(Piece piece, string name) => Named(piece.Text, name);

    /// <summary>A VirtualService that answers its name by itself: a proxy that does has what was created before.</summary>
    public static JsonObject Sentinel(string name) => Own(ComparedObjects.Networking, "VirtualService", name,
        $"hosts: [{name}.test], gateways: [compared, everyone, mesh], http: [{{ directResponse: {{ status: 200, body: {{ string: '{name}' }} }} }}]");

    private static string Named(string text, string name) => Subsets.Aggregate(text, (filled, subset) =>
            filled.Replace($"{{{subset}}}", $"{{ host: {Target}, subset: {subset} }}", StringComparison.Ordinal))
        .Replace("{name}", name, StringComparison.Ordinal)
        .Replace("{NAME}", name.ToUpperInvariant(), StringComparison.Ordinal);

    private static JsonObject Leaf(DelegateDraft leaf, string name)
    {
        var (space, own) = leaf.Of(name);
        var item = Own(ComparedObjects.Networking, "VirtualService", own,
            Named(string.Join(", ", [.. leaf.Options.Select(option => option.Text), $"http: [{string.Join(", ", leaf.Routes.Select(Route))}]"]), name));
        item["metadata"]!["namespace"] = space;
        return item;
    }

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
