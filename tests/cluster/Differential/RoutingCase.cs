using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>A routing configuration and the requests that show what it does.</summary>
/// <param name="Name">Says what is compared; names the VirtualService and its host.</param>
/// <param name="Http">The VirtualService's <c>spec.http</c>, as YAML in flow style; <c>{v1}</c> and the like stand for destinations.</param>
/// <param name="Probes">The requests.</param>
internal sealed record RoutingCase(string Name, string Http, params Probe[] Probes)
{
    /// <summary>The namespace of everything that is compared.</summary>
    public const string Namespace = "gopher-differential";

    // Two with a pod each, one that selects no pod, and one that no DestinationRule declares.
    private static readonly string[] Subsets = ["v1", "v2", "none", "undeclared"];

    private const string Echo = $"echo.{Namespace}.svc.cluster.local";

    public string Host => $"{Name}.test";

    /// <summary>The hosts of the VirtualService.</summary>
    public string[] Hosts { get; init; } = [$"{Name}.test"];

    public override string ToString() => Name;

    public JsonObject VirtualService() => DeclaredObject.ToJson($$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: {{Name}}, namespace: {{Namespace}} }
        spec:
          hosts: [{{string.Join(", ", Hosts.Select(host => $"'{host}'"))}}]
          gateways: [{{Namespace}}/compared]
          http: {{Filled().ReplaceLineEndings(" ")}}
        """);

    private string Filled() => Subsets.Aggregate(Http, (text, subset) =>
        text.Replace($"{{{subset}}}", $"{{ host: {Echo}, subset: {subset} }}", StringComparison.Ordinal));
}
