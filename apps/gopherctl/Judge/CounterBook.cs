namespace GopherMesh.Gopherctl.Judge;

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
    public (VersionCounts Increment, IReadOnlyList<string> LeftOut) Advance(IReadOnlyDictionary<string, VersionCounts> counters)
    {
        var sum = VersionCounts.None;
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
            }
            else
            {
                leftOut.Add(source.Length == 0 ? "its counters began again at zero" : $"the counters of {source} began again at zero");
            }
        }

        _seen = new(counters);
        return (sum, leftOut);
    }
}
