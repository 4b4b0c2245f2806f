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
