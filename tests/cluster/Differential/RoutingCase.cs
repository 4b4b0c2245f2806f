using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Differential.Cases;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>A routing configuration and the requests that show what it does.</summary>
/// <param name="Name">Says what is compared; names the VirtualService and its host.</param>
/// <param name="Http">The VirtualService's <c>spec.http</c>, in YAML's flow style; <c>{v1}</c> and the like stand for destinations.</param>
/// <param name="Probes">The requests.</param>
internal sealed record RoutingCase(string Name, string Http, params Probe[] Probes)
{
    /// <summary>The namespace of everything that is compared.</summary>
    public const string Namespace = "gopher-differential";

    /// <summary>The Service behind every route.</summary>
    public const string Echo = $"echo.{Namespace}.svc.cluster.local";

    // Two with a pod each, one with a pod that fails, one that selects no pod, and one that no DestinationRule declares.
    private static readonly string[] Subsets = ["v1", "v2", "pair", "none", "undeclared"];

    public string Host => $"{Name}.test";

    /// <summary>The hosts of the VirtualService; none makes no VirtualService.</summary>
    public string[] Hosts { get; init; } = [$"{Name}.test"];

    /// <summary>The gateways of the VirtualService; <c>mesh</c> is every sidecar.</summary>
    public string[] Gateways { get; init; } = [$"{Namespace}/compared", "mesh"];

    /// <summary>By which ways the requests come.</summary>
    public EntryPoint[] EntryPoints { get; init; } = [EntryPoint.Gateway, EntryPoint.Sidecar];

    public override string ToString() => Name;

    public IEnumerable<JsonObject> VirtualService() => Hosts is [] ? [] :
    [
        DeclaredObject.ToJson($$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: {{Name}}, namespace: {{Namespace}} }
            spec:
              hosts: [{{string.Join(", ", Hosts.Select(host => $"'{host}'"))}}]
              gateways: [{{string.Join(", ", Gateways)}}]
              http: {{Filled().ReplaceLineEndings(" ")}}
            """),
    ];

    private string Filled() => Subsets.Aggregate(Http, (text, subset) =>
        text.Replace($"{{{subset}}}", $"{{ host: {Echo}, subset: {subset} }}", StringComparison.Ordinal));
}

/// <summary>The table of configurations whose outcome is not left to chance.</summary>
internal static class RoutingCases
{
    public static IReadOnlyList<RoutingCase> All { get; } =
    [
        .. MatchCases.All(), .. PathCases.All(), .. HostCases.All(),
        .. FailureCases.All(), .. FaultCases.All(), .. EditCases.All(), .. CopyCases.All(),
    ];

    public static RoutingCase Named(string name) => All.Single(candidate => candidate.Name == name);
}
