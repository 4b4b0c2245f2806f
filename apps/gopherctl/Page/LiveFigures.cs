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
    // Routes that a header of the request chose are not a part of the split (infra/Routing/ServiceRoutes.cs names them so).
    private const string Preview = "preview-";

    private readonly Lock _lock = new();
    private readonly Dictionary<Leg, int> _legs = [];
    private readonly SortedDictionary<string, VersionFigures> _versions = new(StringComparer.Ordinal);
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
                version.BeginSplit();
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
                    Of(copied).AddCopies(1, isFailed ? 1 : 0);
                    Move(new(report.Source.Name, pod.Pod, copied, isFailed ? LegKind.FailedCopy : LegKind.Copy));
                }
            }
            else if (report is { Reporter: Reporter.Source, Subset: { } version })
            {
                Of(version).Add(1, isFailed ? 1 : 0, isOfSplit: report.RouteName?.StartsWith(Preview, StringComparison.Ordinal) != true);
                Of(version).AddLatency(report.Duration.TotalMilliseconds, 1);
                Move(new(report.Source.Name, report.Destination?.Pod ?? "", version, isFailed ? LegKind.Failure : LegKind.Request));
            }
            else if (report is { Reporter: Reporter.Source } && report.Source.Labels.ContainsKey("istio"))
            {
                AddCaller(report);
            }
        }
    }

    /// <summary>Counts what a caller's own counters have grown by, where requests are not reported one by one.</summary>
    /// <param name="from">The caller's pod.</param>
    /// <param name="version">The version that its requests were routed to.</param>
    /// <param name="isCopy">Whether they are copies.</param>
    /// <param name="requests">How many ended.</param>
    /// <param name="failures">How many of them failed.</param>
    /// <param name="latencies">How many took how many milliseconds.</param>
    public void Add(string from, string version, bool isCopy, int requests, int failures, IEnumerable<(double Milliseconds, int Requests)> latencies)
    {
        lock (_lock)
        {
            if (!_isWatched)
            {
                return;
            }

            if (isCopy)
            {
                Of(version).AddCopies(requests, failures);
            }
            else
            {
                Of(version).Add(requests, failures, isOfSplit: true);
                foreach (var (milliseconds, count) in latencies)
                {
                    Of(version).AddLatency(milliseconds, count);
                }
            }

            Move(new(from, "", version, isCopy ? LegKind.Copy : LegKind.Request), requests - failures);
            Move(new(from, "", version, isCopy ? LegKind.FailedCopy : LegKind.Failure), failures);
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

    /// <summary>Ends a second: what it came to, and the shares compared with the declared ones.</summary>
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
                    version.BeginBlock();
                }
            }

            var total = _versions.Values.Sum(version => version.Routed);
            var falseAlarm = ShareTest.FalseAlarm / Math.Max(1, declared.Values.Count(share => share is > 0 and < 1) - 1);
            var second = new Second(time.GetUtcNow().ToUnixTimeMilliseconds(), _since.ToUnixTimeMilliseconds(), total, [_callerSecond.Requests, _callerSecond.Failures, _caller.Requests, _caller.Failures], []);
            foreach (var (name, version) in _versions)
            {
                var (low, high) = ShareTest.Acceptance(total, declared.GetValueOrDefault(name), falseAlarm);
                second.Versions[name] = version.EndSecond(declared.GetValueOrDefault(name), low, high);
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

    private void Move(Leg leg, int count = 1)
    {
        if (count > 0)
        {
            _legs[leg] = _legs.GetValueOrDefault(leg) + count;
        }
    }

    private VersionFigures Of(string name) => _versions.TryGetValue(name, out var known) ? known : _versions[name] = new();
}
