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
