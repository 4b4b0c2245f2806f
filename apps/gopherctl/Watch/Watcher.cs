namespace GopherMesh.Gopherctl.Watch;

/// <summary>The article's endless curl, with a tally.</summary>
internal static class Watcher
{
    /// <summary>Watches until the number of requests is reached or the watch is cancelled.</summary>
    /// <returns>The counts of the answers.</returns>
    public static async Task<WatchTally> RunAsync(WatchOptions options, IWatchView view, TimeProvider time, CancellationToken cancellation)
    {
        using var caller = new Caller(options, time);
        var tally = new WatchTally();
        await view.ShowAsync(
            shown => Pace.RunAsync(
                options,
                caller.CallAsync,
                answer =>
                {
                    tally.Add(answer);
                    shown(answer);
                },
                time,
                cancellation),
            tally);
        return tally;
    }
}

/// <summary>What `watch` calls, and how often.</summary>
/// <param name="Url">The address to call, http or https.</param>
/// <param name="Requests">How many requests; null for as many as there is time.</param>
/// <param name="Rate">Requests a second, at most <see cref="MostRate"/>.</param>
/// <param name="Headers">Headers of every request.</param>
internal sealed record WatchOptions(Uri Url, int? Requests, double Rate, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The article's loop: one request a second.</summary>
    public const double UsualRate = 1;

    /// <summary>More requests a second are a load test, which needs the consent of the owner of what is called.</summary>
    public const double MostRate = 1000;

    /// <summary>One request in a thousand seconds: a slower watch shows nothing.</summary>
    public const double LeastRate = 0.001;
}

/// <summary>Shows a watch: each answer as it comes, and the counts at the end.</summary>
internal interface IWatchView
{
    /// <summary>Runs the watch, and shows it meanwhile.</summary>
    /// <param name="watch">Runs it, and reports each answer once it is counted.</param>
    /// <param name="tally">What is counted so far.</param>
    Task ShowAsync(Func<Action<WatchedAnswer>, Task> watch, WatchTally tally);
}

/// <summary>Starts calls at a steady rate, whether or not earlier calls have ended, so that one sees when a system hangs.</summary>
internal static class Pace
{
    // The most calls at once: more would only be a queue in front of a system that does not answer.
    private const int MostAtOnce = 256;

    /// <summary>Calls until the number is reached or the watch ends, and reports each answer when it comes, one at a time.</summary>
    public static async Task RunAsync(
        WatchOptions options, Func<CancellationToken, Task<WatchedAnswer>> call, Action<WatchedAnswer> tell, TimeProvider time, CancellationToken cancellation)
    {
        using var places = new SemaphoreSlim(MostAtOnce);
        var (underWay, telling, start) = (new HashSet<Task>(), new Lock(), time.GetTimestamp());
        try
        {
            for (var sent = 0; options.Requests is not { } number || sent < number; sent++)
            {
                var due = TimeSpan.FromSeconds(sent / options.Rate) - time.GetElapsedTime(start);
                if (due > TimeSpan.Zero)
                {
                    await Task.Delay(due, time, cancellation);
                }

                await places.WaitAsync(cancellation);
                underWay.RemoveWhere(ended => ended.IsCompleted);
                underWay.Add(CallAsync());
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The user has ended the watch.
        }

        await Task.WhenAll(underWay);

        async Task CallAsync()
        {
            try
            {
                var answer = await call(cancellation);
                lock (telling)
                {
                    tell(answer);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The watch has ended; this call counts neither as answered nor as failed.
            }
            finally
            {
                places.Release();
            }
        }
    }
}

/// <summary>The answers counted by version and pod. Not thread-safe.</summary>
internal sealed class WatchTally
{
    private readonly SortedDictionary<(string Version, string Pod), Line> _lines = [];

    /// <summary>How many requests have ended.</summary>
    public int Requests { get; private set; }

    /// <summary>How many of them failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Every version and pod that answered, in order; answers that name none come first, with dashes.</summary>
    public IEnumerable<Line> Lines => _lines.Values;

    /// <summary>Counts an answer.</summary>
    public void Add(WatchedAnswer answer)
    {
        var key = (answer.Version ?? "-", answer.Pod ?? "-");
        if (!_lines.TryGetValue(key, out var line))
        {
            _lines[key] = line = new Line(key.Item1, key.Item2);
        }

        line.Add(answer);
        Requests++;
        Failed += answer.Failed ? 1 : 0;
    }

    /// <summary>The counts of one pod.</summary>
    internal sealed class Line(string version, string pod)
    {
        public string Version { get; } = version;

        public string Pod { get; } = pod;

        public int Requests { get; private set; }

        public int Failed { get; private set; }

        /// <summary>How long its latest requests took.</summary>
        public LatencyWindow Latency { get; } = new();

        public void Add(WatchedAnswer answer)
        {
            Requests++;
            Failed += answer.Failed ? 1 : 0;
            Latency.Add(answer.Latency);
        }
    }
}

/// <summary>The latest latencies: enough for a good 99th percentile, but bounded, so that an endless watch does not grow.</summary>
internal sealed class LatencyWindow
{
    private const int Size = 1000;

    private readonly Queue<double> _milliseconds = new(Size);

    public void Add(TimeSpan latency)
    {
        if (_milliseconds.Count == Size)
        {
            _milliseconds.Dequeue();
        }

        _milliseconds.Enqueue(latency.TotalMilliseconds);
    }

    /// <summary>The latency in milliseconds that a share of the latest requests did not exceed (nearest rank).</summary>
    /// <param name="share">Above 0, at most 1.</param>
    public double Quantile(double share)
    {
        var sorted = _milliseconds.Order().ToList();
        return sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
    }
}
