namespace GopherMesh.Gopherctl.Watch;

/// <summary>The latest latencies, as many as tell the 99th of a hundred well; a watch without end must not grow.</summary>
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
