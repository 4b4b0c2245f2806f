namespace GopherMesh.Gopherctl.Judge;

/// <summary>What a version has answered: since its counters began (cumulative), or between two looks.</summary>
/// <param name="Requests">
/// The requests that were meant for the version and have ended, each once whatever its retries: also those that reached no pod.
/// </param>
/// <param name="Failures">Those of them that failed for the caller.</param>
/// <param name="Within">For each latency bound, ascending, how many requests took no longer (a histogram's cumulative buckets, without +Inf).</param>
internal readonly record struct VersionCounts(long Requests, long Failures, IReadOnlyList<long> Within)
{
    /// <summary>No request.</summary>
    public static VersionCounts None { get; } = new(0, 0, []);

    /// <summary>
    /// How many requests <see cref="Within"/> is of, where a histogram knows them later than the counters do (Envoy adds to its histograms every five
    /// seconds); null: it is of all <see cref="Requests"/>.
    /// </summary>
    public long? Timed { get; init; }

    /// <summary>The requests whose latency is known.</summary>
    public long Times => Timed ?? Requests;

    /// <summary>What is impossible about the counts; null if nothing is.</summary>
    public string? Problem() => this switch
    {
        { Requests: < 0 } or { Failures: < 0 } or { Timed: < 0 } => "a count is negative",
        _ when Failures > Requests => $"{Failures} failures of {Requests} requests",
        _ => BucketProblem(),
    };

    /// <summary>What was added since <paramref name="earlier"/>; a count below 0 says that a counter was reset.</summary>
    public VersionCounts Since(VersionCounts earlier)
    {
        var within = new long[Within.Count];
        for (var bound = 0; bound < within.Length; bound++)
        {
            within[bound] = Within[bound] - earlier.Within[bound];
        }

        return new(Requests - earlier.Requests, Failures - earlier.Failures, within) { Timed = Timed is null ? null : Timed - earlier.Times };
    }

    /// <summary>The counts of both; one of them may be <see cref="None"/>.</summary>
    public VersionCounts Plus(VersionCounts other)
    {
        long? timed = Timed is null && other.Timed is null ? null : Times + other.Times;
        if (Within.Count == 0 || other.Within.Count == 0)
        {
            return new(Requests + other.Requests, Failures + other.Failures, Within.Count == 0 ? other.Within : Within) { Timed = timed };
        }

        var within = new long[Within.Count];
        for (var bound = 0; bound < within.Length; bound++)
        {
            within[bound] = Within[bound] + other.Within[bound];
        }

        return new(Requests + other.Requests, Failures + other.Failures, within) { Timed = timed };
    }

    private string? BucketProblem()
    {
        var below = 0L;
        foreach (var within in Within)
        {
            if (within < below)
            {
                return below == 0 ? "a count is negative" : "fewer requests within a latency bound than within a smaller one";
            }

            below = within;
        }

        return below > Times ? $"{below} requests within a latency bound, of {Times}" : null;
    }
}

/// <summary>What a request is judged by: whether it failed, or whether it was slower than one of the latency bounds.</summary>
/// <param name="Bound">The bound's index among those of the counts; null for failures.</param>
internal readonly record struct Metric(int? Bound)
{
    /// <summary>The metric that is always there.</summary>
    public static Metric Failures => default;

    /// <summary>Every metric of a rollout with so many latency bounds, failures first.</summary>
    public static IEnumerable<Metric> All(int bounds) => Enumerable.Range(0, bounds).Select(bound => new Metric(bound)).Prepend(Failures);

    /// <summary>The requests that the metric is about.</summary>
    public long Requests(in VersionCounts counts) => Bound is null ? counts.Requests : counts.Times;

    /// <summary>Those of them that are bad.</summary>
    public long Bad(in VersionCounts counts) => Bound is { } bound ? counts.Times - counts.Within[bound] : counts.Failures;

    /// <summary>What both versions have answered.</summary>
    public PairedTable Table(in VersionCounts stable, in VersionCounts canary) => new(Requests(stable), Bad(stable), Requests(canary), Bad(canary));

    /// <summary>Which difference is too small to matter.</summary>
    public Tolerance ToleranceOf(JudgeSettings settings) => Bound is null ? settings.Tolerance : settings.LatencyTolerance;

    /// <summary>Its name: "failures" or "slower than BOUND".</summary>
    public string Name(IReadOnlyList<string> bounds) => Bound is { } bound ? $"slower than {bounds[bound]}" : "failures";
}

/// <summary>What stable and canary have answered in the same time, as a table for one metric.</summary>
/// <param name="StableRequests">Requests of stable.</param>
/// <param name="StableBad">Those of them that are bad by this metric.</param>
/// <param name="CanaryRequests">Requests of the canary.</param>
/// <param name="CanaryBad">Those of them that are bad by this metric.</param>
internal readonly record struct PairedTable(long StableRequests, long StableBad, long CanaryRequests, long CanaryBad)
{
    /// <summary>Requests of both.</summary>
    public long Requests => StableRequests + CanaryRequests;

    /// <summary>Bad requests of both.</summary>
    public long Bad => StableBad + CanaryBad;

    /// <summary>The canary's share of the requests, 0 to 1; 0 without requests.</summary>
    public double Share => Requests == 0 ? 0 : (double)CanaryRequests / Requests;

    /// <summary>Whether both versions have requests: without, there is nothing to compare.</summary>
    public bool IsComparison => StableRequests > 0 && CanaryRequests > 0;
}

/// <summary>
/// Turns cumulative counters of one version into increments, source by source (pods, proxies). A source that is seen for the first time, or
/// whose counters were reset, only gives the point to count from: what it counted before or lost is not guessed.
/// </summary>
internal sealed class CounterBook
{
    private Dictionary<string, VersionCounts> _seen = [];

    /// <summary>The requests that all present sources have counted, in their lives.</summary>
    public long Requests => _seen.Values.Sum(counts => counts.Requests);

    /// <summary>What the sources counted since the last call, and what was left out, for people to read.</summary>
    /// <param name="counters">The cumulative counts by source; a source that is missing is forgotten.</param>
    /// <returns>The sum, what was left out, and whether any source goes on from where it was: otherwise nothing is known of the time between.</returns>
    public (VersionCounts Increment, IReadOnlyList<string> LeftOut, bool GoesOn) Advance(IReadOnlyDictionary<string, VersionCounts> counters)
    {
        var (sum, goesOn) = (VersionCounts.None, false);
        List<string> leftOut = [];
        foreach (var (source, counts) in counters)
        {
            if (!_seen.TryGetValue(source, out var earlier))
            {
                continue;
            }

            var increment = counts.Since(earlier);
            if (increment.Problem() is null)
            {
                sum = sum.Plus(increment);
                goesOn = true;
            }
            else
            {
                leftOut.Add(source.Length == 0 ? "its counters began again at zero" : $"the counters of {source} began again at zero");
            }
        }

        _seen = new(counters);
        return (sum, leftOut, goesOn);
    }
}
