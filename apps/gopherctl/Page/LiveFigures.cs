using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Statistics;

namespace GopherMesh.Gopherctl.Page;

/// <summary>
/// Counts requests while somebody looks, by the version that they were routed to. The callers' proxies report each request once, whatever
/// its retries; copies are reported by the pods that got them. While nobody looks a request costs one read of a field.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class LiveFigures(TimeProvider time) : IRequestObserver
{
    // Latency is told over the last seconds: over one alone it would jump.
    private const int LatencySeconds = 10;

    // Routes that a header of the request chose are no part of the split (infra/Routing/ServiceRoutes.cs names them so).
    private const string Preview = "preview-";

    private readonly Lock _lock = new();
    private readonly Dictionary<Leg, int> _legs = [];
    private readonly SortedDictionary<string, Version> _versions = new(StringComparer.Ordinal);
    private volatile bool _isWatched;
    private (long Requests, long Failures) _caller;
    private (int Requests, int Failures) _callerSecond;
    private DateTimeOffset _since;

    /// <summary>Told of each ejection, watched or not.</summary>
    public Action<EjectionReport> Ejected { get; set; } = _ => { };

    /// <summary>Begins to count from zero, or stops.</summary>
    public void Watch(bool isWatched)
    {
        lock (_lock)
        {
            _legs.Clear();
            _versions.Clear();
            (_caller, _callerSecond, _since, _isWatched) = (default, default, time.GetUtcNow(), isWatched);
        }
    }

    /// <summary>Counts the shares from zero: another split is in force.</summary>
    public void BeginSplit()
    {
        lock (_lock)
        {
            foreach (var version in _versions.Values)
            {
                (version.Block, version.BlockBefore) = (0, 0);
            }
        }
    }

    /// <inheritdoc/>
    public void OnRequest(in RequestReport report)
    {
        if (!_isWatched)
        {
            return;
        }

        var isFailed = report.StatusCode is 0 or >= 500;
        lock (_lock)
        {
            if (report.Mirrored)
            {
                if (report is { Reporter: Reporter.Destination, Subset: { } copied, Destination: { } pod })
                {
                    Of(copied).Copies++;
                    Of(copied).AllCopies++;
                    Move(new(report.Source.Name, pod.Pod, copied, isFailed ? LegKind.FailedCopy : LegKind.Copy));
                }
            }
            else if (report is { Reporter: Reporter.Source, Subset: { } version })
            {
                Of(version).Add(report.Duration.TotalMilliseconds, isFailed, isOfSplit: report.RouteName?.StartsWith(Preview, StringComparison.Ordinal) != true);
                Move(new(report.Source.Name, report.Destination?.Pod ?? "", version, isFailed ? LegKind.Failure : LegKind.Request));
            }
            else if (report is { Reporter: Reporter.Source } && report.Source.Labels.ContainsKey("istio"))
            {
                AddCaller(report);
            }
        }
    }

    /// <inheritdoc/>
    public void OnEjection(EjectionReport report) => Ejected(report);

    /// <summary>Takes the requests since the last call, by the way that they took.</summary>
    public IReadOnlyList<KeyValuePair<Leg, int>> TakeLegs()
    {
        lock (_lock)
        {
            KeyValuePair<Leg, int>[] taken = [.. _legs];
            _legs.Clear();
            return taken;
        }
    }

    /// <summary>Ends a second: what it came to, and the shares held against the declared ones.</summary>
    /// <param name="declared">The declared share of each version, 0 to 1.</param>
    public Second EndSecond(IReadOnlyDictionary<string, double> declared)
    {
        lock (_lock)
        {
            foreach (var name in declared.Keys)
            {
                Of(name);
            }

            if (_versions.Values.Sum(version => version.Block) >= SampleSize.Most / 2)
            {
                // The latest 10,000 to 20,000 requests: enough to see an error of half a point, few enough to see it soon.
                foreach (var version in _versions.Values)
                {
                    (version.BlockBefore, version.Block) = (version.Block, 0);
                }
            }

            var total = _versions.Values.Sum(version => version.Routed);
            var falseAlarm = ShareTest.FalseAlarm / Math.Max(1, declared.Values.Count(share => share is > 0 and < 1) - 1);
            var second = new Second(time.GetUtcNow().ToUnixTimeMilliseconds(), _since.ToUnixTimeMilliseconds(), total, [_callerSecond.Requests, _callerSecond.Failures, _caller.Requests, _caller.Failures], []);
            foreach (var (name, version) in _versions)
            {
                var (low, high) = ShareTest.Acceptance(total, declared.GetValueOrDefault(name), falseAlarm);
                second.Versions[name] = version.EndSecond(low, high);
            }

            _callerSecond = default;
            return second;
        }
    }

    // What a caller counts as failed, as `watch` does.
    private void AddCaller(in RequestReport report)
    {
        var failures = report.StatusCode is 0 or >= 400 ? 1 : 0;
        _caller = (_caller.Requests + 1, _caller.Failures + failures);
        _callerSecond = (_callerSecond.Requests + 1, _callerSecond.Failures + failures);
        if (report.Destination is null)
        {
            Move(new("", "", "", LegKind.Failure));
        }
    }

    private void Move(Leg leg) => _legs[leg] = _legs.GetValueOrDefault(leg) + 1;

    private Version Of(string name) => _versions.TryGetValue(name, out var known) ? known : _versions[name] = new();

    /// <summary>What one version was asked.</summary>
    private sealed class Version
    {
        // Bounds that grow by a tenth, from 0.05 ms to 3 minutes: a quantile is then right within 5 %.
        private const double Least = 0.05;
        private const double Growth = 1.1;
        private const int Buckets = 160;

        private readonly Queue<int[]> _seconds = new([new int[Buckets]]);
        private int[] _second = new int[Buckets];
        private int _requests;
        private int _failures;
        private long _allRequests;
        private long _allFailures;

        public int Copies { get; set; }

        public long AllCopies { get; set; }

        public int Block { get; set; }

        public int BlockBefore { get; set; }

        public int Routed => Block + BlockBefore;

        public void Add(double milliseconds, bool isFailed, bool isOfSplit)
        {
            var failures = isFailed ? 1 : 0;
            (_requests, _failures, _allRequests, _allFailures) = (_requests + 1, _failures + failures, _allRequests + 1, _allFailures + failures);
            Block += isOfSplit ? 1 : 0;
            _second[Math.Clamp((int)(Math.Log(milliseconds / Least) / Math.Log(Growth)), 0, Buckets - 1)]++;
        }

        public VersionSecond EndSecond(int low, int high)
        {
            _seconds.Enqueue(_second);
            _second = new int[Buckets];
            if (_seconds.Count > LatencySeconds)
            {
                _seconds.Dequeue();
            }

            var ended = new VersionSecond(_requests, _failures, Copies, Quantile(0.50), Quantile(0.99), _allRequests, _allFailures, AllCopies, Routed, low, high);
            (_requests, _failures, Copies) = (0, 0, 0);
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
/// <param name="Routed">Requests of the present split.</param>
/// <param name="Low">The fewest of them that chance explains (once in 10,000 it does not).</param>
/// <param name="High">The most of them that chance explains.</param>
internal sealed record VersionSecond(
    int Requests, int Failures, int Copies, double? P50, double? P99, long AllRequests, long AllFailures, long AllCopies, int Routed, int Low, int High);
