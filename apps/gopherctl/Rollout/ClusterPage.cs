using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Page;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// A rollout on a cluster for its page: by how much the counters that the judge looks at have grown, and when they were read. Nothing more
/// is asked of the cluster, so the page shows the callers' pods and not those of the versions.
/// </summary>
/// <param name="inner">Sees everything too.</param>
/// <param name="stack">The stack's name.</param>
/// <param name="stable">The version that serves.</param>
/// <param name="canary">The version that is rolled out.</param>
/// <param name="mirrorPercent">Percent of the requests of which the canary gets a copy at weight 0.</param>
/// <param name="source">Where the counts come from, for people.</param>
internal sealed class ClusterPage(IRolloutView inner, string stack, string stable, string canary, int mirrorPercent, string source) : IRolloutView, IRolloutSystem
{
    private const int KeptChanges = 100;

    // The quantiles of a bucket are spread over it; more points would pretend to more than the counters know.
    private const int PointsInBucket = 8;

    private readonly Lock _lock = new();
    private readonly Queue<ShownChange> _changes = new();
    private readonly Dictionary<(string Pod, string Version, bool IsCopy), VersionCounts> _read = [];
    private DateTimeOffset? _counted;
    private string _from = "";
    private IReadOnlyList<string> _pods = [];
    private bool _isUnread;
    private int _weight;
    private TimeSpan? _changed;

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public LiveFigures Figures { get; } = new(TimeProvider.System);

    /// <inheritdoc/>
    public Func<ShownRollout?> Rollout { get; set; } = () => null;

    /// <inheritdoc/>
    public Action? Abort { get; set; }

    /// <inheritdoc/>
    public Shown Describe()
    {
        lock (_lock)
        {
            var share = _weight / 100.0;
            return new(stack, _from.Length > 0 ? $"counted by {_from}" : source, null)
            {
                Can = Abort is null ? Controls.None : Controls.Abort,
                Versions = [new(stable, IsCanary: false, 1 - share, 0, null), new(canary, IsCanary: true, share, _weight == 0 ? mirrorPercent / 100.0 : 0, null)],
                Pods = [.. _pods.Select(pod => new ShownPod(pod, "", null, _isUnread ? "unknown" : "ready", 0))],
                Changes = [.. _changes],
                Counted = _counted,
                Unread = _isUnread,
                Rollout = Rollout(),
            };
        }
    }

    /// <inheritdoc/>
    public Task<string?> ObeyAsync(PageCommand command, CancellationToken cancellation)
    {
        if (command is not AbortRollout || Abort is not { } abort)
        {
            throw new UserException("this cannot be done here", "the page", "A rollout moves the settings itself.");
        }

        abort();
        Note("page", "the canary is taken back by hand");
        return Task.FromResult<string?>("The canary is being taken back.");
    }

    /// <inheritdoc/>
    public void Note(string kind, string text)
    {
        lock (_lock)
        {
            _changes.Enqueue(new(TimeProvider.System.GetUtcNow(), kind, text));
            if (_changes.Count > KeptChanges)
            {
                _changes.Dequeue();
            }
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Show(RolloutEvent happened)
    {
        if (happened is Looked { Reading: var reading })
        {
            Take(reading);
        }

        inner.Show(happened);
        Changed?.Invoke();
    }

    private void Take(Reading reading)
    {
        lock (_lock)
        {
            if (reading.Weight != _weight || reading.IsShifting)
            {
                (_weight, _changed) = (reading.Weight, reading.At);
            }

            Take(stable, isCopy: false, reading.Stable);
            Take(canary, isCopy: reading.Weight == 0, reading.Canary);
            if (_changed is { } changed)
            {
                // What grew across the change belongs to no split: a scrape may come long after it.
                Figures.BeginSplit();
                _changed = reading.At > changed ? null : changed;
            }

            _isUnread = reading is { Stable: null, Canary: null };
            if (!_isUnread)
            {
                (_counted, _from) = (DateTimeOffset.UnixEpoch + reading.At, reading.From);
                _pods = [.. new[] { reading.Stable, reading.Canary }.SelectMany(counts => counts?.Keys ?? []).Select(PodOf).Distinct().Order(StringComparer.Ordinal)];
            }
        }
    }

    // A pod that is new, or whose counters have begun again at zero, is only a beginning.
    private void Take(string version, bool isCopy, IReadOnlyDictionary<string, VersionCounts>? counts)
    {
        foreach (var (name, now) in counts ?? new Dictionary<string, VersionCounts>())
        {
            var pod = PodOf(name);
            if (_read.TryGetValue((pod, version, isCopy), out var before) && now.Requests >= before.Requests && now.Failures >= before.Failures)
            {
                Figures.Add(pod, version, isCopy, (int)(now.Requests - before.Requests), (int)(now.Failures - before.Failures), Latencies(before.Within, now.Within));
            }

            _read[(pod, version, isCopy)] = now;
        }
    }

    // A pod's name has no space: what follows one says what was counted, or by whom.
    private static string PodOf(string name) => name.Split(' ')[0];

    private static IEnumerable<(double Milliseconds, int Requests)> Latencies(IReadOnlyList<long> before, IReadOnlyList<long> now)
    {
        var (within, low) = (0L, 0.0);
        foreach (var (bound, grown) in RequestCounts.Milliseconds.Zip(now.Zip(before, (later, earlier) => later - earlier)))
        {
            var requests = (int)Math.Max(0, grown - within);
            var points = Math.Min(requests, PointsInBucket);
            for (var point = 0; point < points; point++)
            {
                yield return (low + ((bound - low) * (point + 0.5) / points), (requests / points) + (point < requests % points ? 1 : 0));
            }

            (within, low) = (grown, bound);
        }
    }
}
