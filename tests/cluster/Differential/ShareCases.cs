namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>The table of configurations in which chance decides.</summary>
internal static class ShareCases
{
    public static IReadOnlyList<int> Weights { get; } = [0, 1, 33, 50, 99, 100];

    public static IReadOnlyList<int> Mirrors { get; } = [0, 1, 50, 100];

    public static IReadOnlyList<RoutingCase> All { get; } = [.. Weights.Select(Weight), .. Mirrors.Select(Mirror)];

    public static RoutingCase Weight(int percent) => new($"weight-{percent}",
        $"[{{ route: [{{ destination: {{v1}}, weight: {100 - percent} }}, {{ destination: {{v2}}, weight: {percent} }}] }}]");

    public static RoutingCase Mirror(int percent) => new($"mirror-{percent}",
        $"[{{ route: [{{ destination: {{v1}} }}], mirror: {{v2}}, mirrorPercentage: {{ value: {percent} }} }}]");
}
