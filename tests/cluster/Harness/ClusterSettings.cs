namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>
/// Which cluster the tests run on and what is on it, from the environment. <c>./test --cluster</c> and <c>./test --context</c> set it;
/// without a context every test of this project is skipped.
/// </summary>
internal static class ClusterSettings
{
    /// <summary>The kube context of the cluster.</summary>
    public const string ContextVariable = "GOPHER_CONTEXT";

    /// <summary>Why the tests are skipped; null where there is a cluster.</summary>
    public static string? SkipReason { get; } = Optional(ContextVariable) is null
        ? "there is no cluster here; run ./test --cluster TOOL or ./test --context NAME"
        : null;

    public static string Context => Required(ContextVariable);

    /// <summary>The distributor's image, for every version: which one it is comes from its environment.</summary>
    public static string DistributorImage => Required("GOPHER_DISTRIBUTOR_IMAGE");

    public static string RequesterImage => Required("GOPHER_REQUESTER_IMAGE");

    /// <summary>The repository of the stub's images, without a tag: the tag says how the stub behaves.</summary>
    public static string StubRepository => Required("GOPHER_STUB_REPOSITORY");

    /// <summary>What keeps the spans in Jaeger's place.</summary>
    public static string CollectorImage => Required("GOPHER_COLLECTOR_IMAGE");

    /// <summary>A folder with Istio's <c>charts/</c> and this cluster's own values; null takes the charts from their repository.</summary>
    public static string? IstioFolder => Optional("GOPHER_ISTIO");

    /// <summary>The URL of the gateway; null takes the load balancer's address.</summary>
    public static string? Gateway => Optional("GOPHER_GATEWAY");

    /// <summary>The file to which progress and measurements are written; null drops them.</summary>
    public static string? ReportFile => Optional("GOPHER_REPORT");

    /// <summary>How many configurations the differential generates, and from which seed: <c>1000@7</c>; null generates none.</summary>
    /// <exception cref="InvalidOperationException">It is written otherwise.</exception>
    public static (int Count, ulong Seed)? Generated => Optional("GOPHER_GENERATED")?.Split('@') switch
    {
        null => null,
        [var count, var seed] when int.TryParse(count, out var number) && ulong.TryParse(seed, out var start) => (number, start),
        _ => throw new InvalidOperationException("GOPHER_GENERATED must be COUNT@SEED, such as 1000@7"),
    };

    private static string Required(string name) =>
        Optional(name) ?? throw new InvalidOperationException($"{name} is not set; scripts/cluster-tests.sh says what it is for");

    private static string? Optional(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>A fact that needs a cluster: skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = ClusterSettings.SkipReason;
}

/// <summary>A theory that needs a cluster: skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = ClusterSettings.SkipReason;
}

/// <summary>A fact of generated configurations, which takes minutes: run where the environment asks for them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GeneratedFactAttribute : FactAttribute
{
    public GeneratedFactAttribute() => Skip = ClusterSettings.SkipReason
        ?? (ClusterSettings.Generated is null ? "set GOPHER_GENERATED=COUNT@SEED, such as 1000@7, to generate configurations" : null);
}

/// <summary>Where the repository is that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Infra.sln"))
            ? folder
            : Find(Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException($"no repository around {AppContext.BaseDirectory}"));
}
