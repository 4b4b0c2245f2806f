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

    /// <summary>How much later than its counters Envoy adds a request to its histograms, at most: its stats_flush_interval, which Istio leaves at 5 s.</summary>
    public static readonly TimeSpan HistogramLag = TimeSpan.FromSeconds(5);

    // Below it a new process differs from a warm one for minutes: smaller bounds are only shown.
    private const double SmallestJudged = 25;

    private readonly ConcurrentDictionary<(string Version, bool IsCopy), Counter> _counters = new();

    /// <summary>Those of the bounds that a rollout judges, which are the last, as people read them.</summary>
    public static ImmutableArray<string> Bounds { get; } = [.. Milliseconds.Where(bound => bound >= SmallestJudged).Select(bound => string.Create(CultureInfo.InvariantCulture, $"{bound} ms"))];

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
