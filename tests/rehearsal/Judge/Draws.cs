namespace GopherMesh.Tests.Rehearsal.Judge;

/// <summary>Random counts, repeatable by their seed.</summary>
internal sealed class Draws(int seed)
{
    // Above this mean the normal approximation stands for the binomial distribution; below, it is drawn exactly.
    private const double ExactMean = 400;

    private readonly Random _random = new(seed);

    /// <summary>A number from 0 to 1.</summary>
    public double Uniform() => _random.NextDouble();

    /// <summary>How many of n independent requests have a property of probability p.</summary>
    public long Binomial(long n, double p)
    {
        if (n <= 0 || p <= 0)
        {
            return 0;
        }

        if (p > 0.5)
        {
            return n - Binomial(n, 1 - p);
        }

        return n * p < ExactMean ? ByGaps(n, p) : Approximately(n, p);
    }

    // From one hit to the next: the gaps are geometrically distributed.
    private long ByGaps(long n, double p)
    {
        var scale = 1 / Math.Log(1 - p);
        var hits = 0L;
        for (var at = Gap(); at < n; at += 1 + Gap())
        {
            hits++;
        }

        return hits;

        double Gap() => Math.Floor(Math.Log(1 - _random.NextDouble()) * scale);
    }

    private long Approximately(long n, double p)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        return Math.Clamp((long)Math.Round((n * p) + (normal * Math.Sqrt(n * p * (1 - p)))), 0, n);
    }
}
