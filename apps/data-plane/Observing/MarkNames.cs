namespace GopherMesh.DataPlane.Observing;

/// <summary>The short names by which Envoy writes response flags.</summary>
internal static class MarkNames
{
    private static readonly (ResponseMarks Mark, string Name)[] Names =
    [
        (ResponseMarks.NoRouteFound, "NR"),
        (ResponseMarks.NoClusterFound, "NC"),
        (ResponseMarks.NoHealthyUpstream, "UH"),
        (ResponseMarks.UpstreamConnectionFailure, "UF"),
        (ResponseMarks.UpstreamConnectionTermination, "UC"),
        (ResponseMarks.UpstreamProtocolError, "UPE"),
        (ResponseMarks.UpstreamRequestTimeout, "UT"),
        (ResponseMarks.UpstreamOverflow, "UO"),
        (ResponseMarks.UpstreamRetryLimitExceeded, "URX"),
        (ResponseMarks.DelayInjected, "DI"),
        (ResponseMarks.FaultInjected, "FI"),
        (ResponseMarks.DownstreamConnectionTermination, "DC"),
    ];

    /// <summary>All that is set, joined by commas; <c>-</c> for nothing.</summary>
    public static string Of(ResponseMarks marks) => marks == ResponseMarks.None
        ? "-"
        : string.Join(',', Names.Where(entry => marks.HasFlag(entry.Mark)).Select(entry => entry.Name));
}
