namespace GopherMesh.Gopherctl.Watch;

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
