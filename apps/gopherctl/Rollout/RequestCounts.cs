using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>Counts the requests of a rehearsal by the version that they were meant for, and the copies by the version that got them.</summary>
internal sealed class RequestCounts : IRequestObserver
{
    /// <summary>
    /// The bounds of latency that are counted, in milliseconds: Envoy's default buckets, which are Istio's too, up to the longest that a caller
    /// waits.
    /// </summary>
    public static readonly ImmutableArray<double> Milliseconds = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000];

    // How much later than its counters Envoy adds a request to its histograms, at most: its stats_flush_interval, which Istio leaves at 5 s.
    private static readonly TimeSpan HistogramLag = TimeSpan.FromSeconds(5);

    // Below it a new process differs from a warm one for minutes: smaller bounds are only shown.
    private const double SmallestJudged = 25;

    private readonly ConcurrentDictionary<(string Version, bool IsCopy), Counter> _counters = new();

    /// <summary>Those of the bounds that a rollout judges, which are the last, as people read them.</summary>
    public static ImmutableArray<string> Bounds { get; } = [.. Milliseconds.Where(bound => bound >= SmallestJudged).Select(bound => string.Create(CultureInfo.InvariantCulture, $"{bound} ms"))];

    /// <summary>
    /// Puts a proxy's counters and its histogram together. Envoy adds to its histograms every five seconds what its counters count at once (its
    /// <c>stats_flush_interval</c>), so a request that the histogram does not have yet is taken for quick, until it has it.
    /// </summary>
    /// <param name="requests">What the counters say.</param>
    /// <param name="failures">Those of them that failed.</param>
    /// <param name="within">The histogram at <see cref="Milliseconds"/>.</param>
    /// <param name="timed">All requests of the histogram.</param>
    public static VersionCounts Together(long requests, long failures, IReadOnlyList<long> within, long timed)
    {
        var all = Math.Max(requests, timed);
        return new(all, failures, [.. within.Select(count => count + all - timed)]);
    }

    /// <summary>
    /// What is told of a source, whose histogram may bring more slow requests at once than its counters have grown by: those are told with the
    /// requests to come, since no look may have more slow requests than requests.
    /// </summary>
    /// <param name="now">What the source says.</param>
    /// <param name="told">What was told of it last; null: nothing.</param>
    public static VersionCounts Told(VersionCounts now, VersionCounts? told) => told is { } before && now.Requests >= before.Requests
        ? now with { Within = [.. now.Within.Zip(before.Within, (late, early) => Math.Max(late, early))] }
        : now;

    /// <summary>
    /// What is told of a source while nobody judges its latency, after a change of weight: slow requests that its counters have no room for are
    /// forgotten. They may be hundreds of copies from before the change, and would be told for minutes as requests of a canary that gets few.
    /// </summary>
    /// <param name="now">What the source says.</param>
    /// <param name="told">What was told of it last.</param>
    /// <param name="forgotten">How many slow requests were forgotten before, by bound; null: none.</param>
    /// <returns>What is told, and how many slow requests are forgotten by now.</returns>
    public static (VersionCounts Told, ImmutableArray<long> Forgotten) Forgetting(VersionCounts now, VersionCounts told, ImmutableArray<long>? forgotten)
    {
        var known = Without(now, forgotten);
        var counts = Told(known, told);
        return (counts, [.. counts.Within.Zip(now.Within, (within, said) => within - said)]);
    }

    /// <summary>What a source says, without the slow requests that were forgotten.</summary>
    /// <param name="now">What it says.</param>
    /// <param name="forgotten">How many were, by bound; null: none.</param>
    public static VersionCounts Without(VersionCounts now, ImmutableArray<long>? forgotten) =>
        forgotten is { } slow ? now with { Within = [.. now.Within.Zip(slow, (within, more) => within + more)] } : now;

    /// <summary>What the judge is asked for where a histogram lags behind its counters: after a shift it brings requests from before.</summary>
    /// <param name="judge">What it is asked for where all is counted at one instant.</param>
    public static JudgeSettings Late(JudgeSettings judge) => judge with { Settling = judge.Settling + HistogramLag };

    /// <inheritdoc/>
    public void OnRequest(in RequestReport report)
    {
        // The caller's proxy counts each request once, whatever its retries, also those that reach no pod.
        if (report is { Mirrored: false, Reporter: Reporter.Source, Subset: { } version })
        {
            Count(version, isCopy: false, report);
        }
        else if (report is { Mirrored: true, Reporter: Reporter.Destination, Destination: { } pod } && pod.Labels.TryGetValue("version", out var copied))
        {
            Count(copied, isCopy: true, report);
        }
    }

    /// <summary>What was counted until now.</summary>
    /// <param name="version">The version.</param>
    /// <param name="copies">Whether its copies are meant instead of its requests.</param>
    public VersionCounts Of(string version, bool copies) =>
        _counters.TryGetValue((version, copies), out var counter) ? counter.Read() : new(0, 0, new long[Milliseconds.Length]);

    // Status 0: the caller gave up, or a copy got no answer.
    private void Count(string version, bool isCopy, in RequestReport report) =>
        _counters.GetOrAdd((version, isCopy), _ => new()).Add(report.StatusCode is 0 or >= 500, report.Duration.TotalMilliseconds);

    private sealed class Counter
    {
        private readonly Lock _lock = new();
        private readonly long[] _within = new long[Milliseconds.Length];
        private long _requests;
        private long _failures;

        public void Add(bool failed, double milliseconds)
        {
            lock (_lock)
            {
                _requests++;
                _failures += failed ? 1 : 0;
                for (var bound = _within.Length - 1; bound >= 0 && milliseconds <= Milliseconds[bound]; bound--)
                {
                    _within[bound]++;
                }
            }
        }

        public VersionCounts Read()
        {
            lock (_lock)
            {
                return new(_requests, _failures, [.. _within]);
            }
        }
    }
}

/// <summary>
/// What is told of sources whose histograms lag behind their counters, look by look: no slow request twice, and after a shift none from before it.
/// </summary>
internal sealed class LateHistograms
{
    // For as long nobody judges latency after a change of weight.
    private static readonly TimeSpan Unjudged = RequestCounts.Late(JudgeSettings.Default).Settling;

    private readonly Dictionary<(string Source, string Version), VersionCounts> _told = [];
    private readonly Dictionary<(string Source, string Version), ImmutableArray<long>> _forgotten = [];
    private int? _weight;
    private TimeSpan _changed;
    private TimeSpan _last;

    /// <summary>What is told of a reading.</summary>
    /// <param name="reading">What the sources say.</param>
    /// <param name="state">What is in force.</param>
    /// <param name="isShifting">Whether an update changes it just now.</param>
    public Reading Told(Reading reading, StackState state, bool isShifting)
    {
        if (isShifting || state.Weight != _weight)
        {
            (_weight, _changed) = (state.Weight, reading.At);
        }

        // Until the look that is the first to begin after that time.
        var forgets = _last < _changed + Unjudged;
        _last = reading.At;
        return reading with { Stable = Of(state.Stable, reading.Stable), Canary = Of(state.Canary ?? "", reading.Canary) };

        Dictionary<string, VersionCounts>? Of(string version, IReadOnlyDictionary<string, VersionCounts>? counts) =>
            counts?.ToDictionary(pod => pod.Key, pod => _told[(pod.Key, version)] = OfPod((pod.Key, version), pod.Value));

        VersionCounts OfPod((string, string) pod, VersionCounts now)
        {
            ImmutableArray<long>? forgotten = _forgotten.TryGetValue(pod, out var slow) ? slow : null;
            if (!_told.TryGetValue(pod, out var told) || now.Requests < told.Requests)
            {
                // Its counters have begun anew.
                _ = _forgotten.Remove(pod);
                return now;
            }

            if (!forgets)
            {
                return RequestCounts.Told(RequestCounts.Without(now, forgotten), told);
            }

            (var counts, _forgotten[pod]) = RequestCounts.Forgetting(now, told, forgotten);
            return counts;
        }
    }
}
