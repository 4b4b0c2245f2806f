namespace GopherMesh.Gopherctl.Judge;

/// <summary>What the judge is asked for. The defaults are those of the documentation, docs/judge.md.</summary>
internal sealed record JudgeSettings
{
    /// <summary>The settings that hold unless others are given.</summary>
    public static JudgeSettings Default { get; } = new();

    /// <summary>How often a canary that is no worse than stable may be taken back, over a whole rollout; above 0, below 1.</summary>
    public double Alpha { get; init; } = 0.001;

    /// <summary>How often a canary that is worse by more than the tolerance may be cleared, at each step; above 0, below 1.</summary>
    public double Beta { get; init; } = 0.01;

    /// <summary>Which difference of failures is too small to matter.</summary>
    public Tolerance Tolerance { get; init; } = Tolerance.Default;

    /// <summary>Which difference of the requests slower than a latency bound is too small to matter: by default five percentage points, and a factor of 2.</summary>
    public Tolerance LatencyTolerance { get; init; } = new(0.05, 2);

    /// <summary>For how long after its first request a canary is warming up: its failures are judged by themselves, its latency is not judged.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long after a shift of weight the system settles: failures are judged, latency is not, and nothing counts for the clearing.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Whether a canary with all requests, beside which stable has never been seen, is judged all the same: its failures against the points of
    /// <see cref="Tolerance"/> alone, as if stable never failed. A service that always fails more than that is then taken back though healthy.
    /// </summary>
    public bool JudgesAlone { get; init; }

    /// <summary>The settings, if each is within its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not.</exception>
    public JudgeSettings Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Alpha);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Alpha, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Beta);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Beta, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(WarmUp, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Settling, TimeSpan.Zero);
        _ = Tolerance.Checked();
        _ = LatencyTolerance.Checked();
        return this;
    }
}

/// <summary>
/// Which difference between canary and stable is too small to matter. At a failure rate p of stable, the canary is worse by more than the
/// tolerance when its own rate is at least max(p + <see cref="Points"/>, p x <see cref="Factor"/>): for failures, by default one percentage
/// point more while stable fails at up to 1 %, and twice as much above that. For latency the rate is that of the requests slower than a bound.
/// </summary>
/// <param name="Points">The difference of the rates, as a fraction: 0.01 is one percentage point; above 0, below 1.</param>
/// <param name="Factor">The ratio of the rates, at least 1.</param>
internal sealed record Tolerance(double Points, double Factor)
{
    // Keeps logarithms finite where a rate reaches 1.
    private const double MostRate = 1 - 1e-9;

    /// <summary>One percentage point, and a factor of 2.</summary>
    public static Tolerance Default { get; } = new(0.01, 2);

    // Stable's rate from which on the factor asks for more than the points do.
    private double Kink => Points / (Factor - 1);

    /// <summary>The tolerance, if it is within its ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public Tolerance Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Points);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Points, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Factor, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Factor, 1000);
        return this;
    }

    /// <summary>The canary's rate at which the difference begins to matter; above 1 where no canary can be that much worse.</summary>
    /// <param name="stable">Stable's rate, 0 to 1.</param>
    public double Limit(double stable) => Math.Max(stable + Points, stable * Factor);

    /// <summary>
    /// Of all pairs of rates (p, q) with q &gt;= <see cref="Limit"/>(p), the one that requests of two equal versions are hardest to tell
    /// from: it minimises (1 - share) KL(rate, p) + share KL(rate, q), with KL the divergence of two Bernoulli distributions. The pairs form a
    /// convex set, so that the minimum is one point of its edge (the reverse information projection of Turner, Ly and Grünwald, 2024).
    /// </summary>
    /// <param name="rate">The rate of both versions, 0 &lt; rate &lt; 1.</param>
    /// <param name="share">The canary's share of the requests, 0 &lt; share &lt; 1.</param>
    public (double Stable, double Canary) Closest(double rate, double share)
    {
        var stable = OnPoints(rate, share);
        if (stable > Kink)
        {
            stable = Math.Max(Kink, OnFactor(rate, share));
        }

        return (stable, Math.Min(Limit(stable), MostRate));
    }

    // The edge q = p + Points: the derivative rises from -infinity at 0 to a value above 0 at the rate; its root by regula falsi (Illinois).
    private double OnPoints(double rate, double share)
    {
        var (low, high) = (0.0, Math.Min(rate, 1 - Points));
        var (atLow, atHigh) = (Slope(low), Slope(high));
        for (var i = 0; i < 60 && high - low > 1e-12 * high; i++)
        {
            var middle = high - (atHigh * (high - low) / (atHigh - atLow));
            if (!(middle > low && middle < high))
            {
                break;
            }

            var at = Slope(middle);
            (low, atLow, high, atHigh) = at < 0 ? (middle, at, high, atHigh / 2) : (low, atLow / 2, middle, at);
        }

        return high;

        // The derivative, times p (1 - p) q (1 - q), which is not negative.
        double Slope(double p)
        {
            var q = p + Points;
            return ((1 - share) * (p - rate) * q * (1 - q)) + (share * (q - rate) * p * (1 - p));
        }
    }

    // The edge q = Factor p: the root of a quadratic equation.
    private double OnFactor(double rate, double share)
    {
        var b = ((1 - share) * (1 + (Factor * rate))) + (share * (Factor + rate));
        return 2 * rate / (b + Math.Sqrt(Math.Max(0, (b * b) - (4 * Factor * rate))));
    }
}
