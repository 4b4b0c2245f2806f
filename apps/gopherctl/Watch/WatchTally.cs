namespace GopherMesh.Gopherctl.Watch;

/// <summary>What the answers came to, by version and pod. Not thread-safe: answers are told one at a time.</summary>
internal sealed class WatchTally
{
    private readonly SortedDictionary<(string Version, string Pod), Line> _lines = [];

    /// <summary>How many requests came to an end.</summary>
    public int Requests { get; private set; }

    /// <summary>How many of them failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Every version and pod that answered, in order; what names none comes first, under dashes.</summary>
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

    /// <summary>One pod's part.</summary>
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
