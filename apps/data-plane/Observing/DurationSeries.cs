namespace GopherMesh.DataPlane.Observing;

/// <summary>The histogram of one series.</summary>
internal sealed class DurationSeries
{
    /// <summary>Istio's buckets in milliseconds (envoy source/common/stats/histogram_impl.cc, the default buckets).</summary>
    public static readonly double[] Bounds =
    [
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000,
    ];

    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[Bounds.Length + 1];
    private double _sum;

    public void Add(double milliseconds)
    {
        var bucket = Array.BinarySearch(Bounds, milliseconds);
        lock (_lock)
        {
            _buckets[bucket < 0 ? ~bucket : bucket]++;
            _sum += milliseconds;
        }
    }

    public DurationSnapshot Read()
    {
        lock (_lock)
        {
            return new([.. _buckets], _buckets.Sum(), _sum);
        }
    }
}

/// <summary>A histogram at one moment: the last bucket counts everything beyond the last bound.</summary>
internal sealed record DurationSnapshot(long[] Buckets, long Count, double Sum);
