namespace GopherMesh.Gopherctl.Page;

/// <summary>Counts what one version was asked. Not safe for several threads at once.</summary>
internal sealed class VersionFigures
{
    // Latency is told over the last seconds: over one alone it would jump.
    private const int LatencySeconds = 10;

    // Bounds that grow by a tenth, from 0.05 ms to 3 minutes: a quantile is then right within 5 %.
    private const double Least = 0.05;
    private const double Growth = 1.1;
    private const int Buckets = 160;

    private readonly Queue<int[]> _seconds = new([new int[Buckets]]);
    private int[] _second = new int[Buckets];
    private (int Requests, int Failures, int Copies) _now;
    private (long Requests, long Failures, long Copies, long FailedCopies) _all;
    private int _block;
    private int _blockBefore;

    /// <summary>The requests among which the shares are counted.</summary>
    public int Routed => _block + _blockBefore;

    /// <summary>Those of them since the last <see cref="BeginBlock"/>.</summary>
    public int Block => _block;

    /// <summary>Counts requests.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="failures">How many of them failed.</param>
    /// <param name="isOfSplit">Whether the split chose their version, and not a header.</param>
    public void Add(int requests, int failures, bool isOfSplit)
    {
        (_now.Requests, _now.Failures) = (_now.Requests + requests, _now.Failures + failures);
        (_all.Requests, _all.Failures) = (_all.Requests + requests, _all.Failures + failures);
        _block += isOfSplit ? requests : 0;
    }

    /// <summary>Counts copies.</summary>
    /// <param name="copies">How many.</param>
    /// <param name="failures">How many of them failed.</param>
    public void AddCopies(int copies, int failures)
    {
        _now.Copies += copies;
        (_all.Copies, _all.FailedCopies) = (_all.Copies + copies, _all.FailedCopies + failures);
    }

    /// <summary>Counts what requests took.</summary>
    /// <param name="milliseconds">How long.</param>
    /// <param name="requests">How many took so long.</param>
    public void AddLatency(double milliseconds, int requests) =>
        _second[Math.Clamp((int)(Math.Log(milliseconds / Least) / Math.Log(Growth)), 0, Buckets - 1)] += requests;

    /// <summary>Counts the shares from zero.</summary>
    public void BeginSplit() => (_block, _blockBefore) = (0, 0);

    /// <summary>Forgets all requests of the split but those since the last call.</summary>
    public void BeginBlock() => (_blockBefore, _block) = (_block, 0);

    /// <summary>Ends a second.</summary>
    /// <param name="share">The share of the requests that it is declared to answer, 0 to 1.</param>
    /// <param name="low">The fewest requests of the split that chance explains.</param>
    /// <param name="high">The most of them.</param>
    public VersionSecond EndSecond(double share, int low, int high)
    {
        _seconds.Enqueue(_second);
        _second = new int[Buckets];
        if (_seconds.Count > LatencySeconds)
        {
            _seconds.Dequeue();
        }

        var ended = new VersionSecond(
            _now.Requests, _now.Failures, _now.Copies, Quantile(0.50), Quantile(0.99), _all.Requests, _all.Failures, _all.Copies, _all.FailedCopies, share, Routed, low, high);
        _now = default;
        return ended;
    }

    // Null where there was no request.
    private double? Quantile(double share)
    {
        var left = share * _seconds.Sum(second => second.Sum());
        if (left <= 0)
        {
            return null;
        }

        for (var bucket = 0; ; bucket++)
        {
            left -= _seconds.Sum(second => second[bucket]);
            if (left <= 0)
            {
                return Math.Round(Least * Math.Pow(Growth, bucket + 0.5), 2);
            }
        }
    }
}

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
