namespace GopherMesh.Gopherctl.Page;

/// <summary>The way of a request or a copy, as the page draws it.</summary>
/// <param name="From">The caller's pod; empty for a request that ended at the gateway.</param>
/// <param name="To">The pod that was asked last; empty for none.</param>
/// <param name="Version">The version that the route chose; empty for none.</param>
/// <param name="Kind">What it was.</param>
internal readonly record struct Leg(string From, string To, string Version, LegKind Kind);

/// <summary>What a dot of the page stands for; the numbers are the page's.</summary>
internal enum LegKind
{
    /// <summary>A request that was answered.</summary>
    Request = 0,

    /// <summary>A request that failed: no answer, or a status from 500 up.</summary>
    Failure = 1,

    /// <summary>A copy, whose answer nobody reads.</summary>
    Copy = 2,

    /// <summary>A copy that failed.</summary>
    FailedCopy = 3,
}

/// <summary>The figures of one second.</summary>
/// <param name="At">The end of the second, in milliseconds since 1970.</param>
/// <param name="Since">Since when everything is counted, in milliseconds since 1970.</param>
/// <param name="Routed">The requests among which the shares are counted.</param>
/// <param name="Caller">What callers of the gateway sent and what failed for them (400 and above): in this second, and since the beginning.</param>
/// <param name="Versions">Each version's part.</param>
internal sealed record Second(long At, long Since, int Routed, long[] Caller, SortedDictionary<string, VersionSecond> Versions);

/// <summary>One version's part of a second.</summary>
/// <param name="Requests">Requests in this second.</param>
/// <param name="Failures">Those of them that failed.</param>
/// <param name="Copies">Copies in this second.</param>
/// <param name="P50">The median of the last ten seconds in milliseconds, right within 5 %; null without a request.</param>
/// <param name="P99">The 99th percentile of the last ten seconds in milliseconds.</param>
/// <param name="AllRequests">Requests since the beginning.</param>
/// <param name="AllFailures">Failures since the beginning.</param>
/// <param name="AllCopies">Copies since the beginning.</param>
/// <param name="AllFailedCopies">Those of them that failed.</param>
/// <param name="Share">The share of the requests that it was declared to answer then, 0 to 1.</param>
/// <param name="Routed">Requests of the present split.</param>
/// <param name="Low">The fewest of them that chance explains (once in 10,000 it does not).</param>
/// <param name="High">The most of them that chance explains.</param>
internal sealed record VersionSecond(
    int Requests,
    int Failures,
    int Copies,
    double? P50,
    double? P99,
    long AllRequests,
    long AllFailures,
    long AllCopies,
    long AllFailedCopies,
    double Share,
    int Routed,
    int Low,
    int High);
