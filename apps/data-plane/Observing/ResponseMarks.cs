namespace GopherMesh.DataPlane.Observing;

/// <summary>Envoy's response flags (access log, %RESPONSE_FLAGS%), as far as the rehearsal has the cases.</summary>
[Flags]
public enum ResponseMarks
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>NR: no virtual host or no route.</summary>
    NoRouteFound = 1,

    /// <summary>NC: the route names a cluster that does not exist.</summary>
    NoClusterFound = 1 << 1,

    /// <summary>UH: no healthy host in the cluster.</summary>
    NoHealthyUpstream = 1 << 2,

    /// <summary>UF: the connection to the host failed.</summary>
    UpstreamConnectionFailure = 1 << 3,

    /// <summary>UC: the host closed the connection before it answered.</summary>
    UpstreamConnectionTermination = 1 << 4,

    /// <summary>UPE: the host's answer was not HTTP.</summary>
    UpstreamProtocolError = 1 << 5,

    /// <summary>UT: the route's timeout, or that of a try, was over.</summary>
    UpstreamRequestTimeout = 1 << 6,

    /// <summary>UO: a limit of the connection pool.</summary>
    UpstreamOverflow = 1 << 7,

    /// <summary>URX: failed after all retries.</summary>
    UpstreamRetryLimitExceeded = 1 << 8,

    /// <summary>DI: delayed by fault injection.</summary>
    DelayInjected = 1 << 9,

    /// <summary>FI: aborted by fault injection.</summary>
    FaultInjected = 1 << 10,

    /// <summary>DC: the caller hung up.</summary>
    DownstreamConnectionTermination = 1 << 11,
}

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
