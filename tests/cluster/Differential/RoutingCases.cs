using GopherMesh.Tests.Cluster.Differential.Cases;

namespace GopherMesh.Tests.Cluster.Differential;

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
