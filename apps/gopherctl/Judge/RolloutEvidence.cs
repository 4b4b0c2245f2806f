namespace GopherMesh.Gopherctl.Judge;

/// <summary>What a look may be used for.</summary>
internal enum Phase
{
    /// <summary>The canary is new: only failures are judged, apart from later ones.</summary>
    WarmUp,

    /// <summary>The weight has just changed: failures are judged, latency and clearing are not.</summary>
    Settling,

    /// <summary>Everything is judged.</summary>
    Judged,
}

/// <summary>
/// All evidence of one rollout: failures, and at every latency bound the requests slower than it.
/// <para>
/// Taken back: the mean of the e-values of all metrics, by fixed weights, is an e-process whatever the metrics have to do with each other. It reaches
/// 1/alpha with probability alpha at most over the whole rollout, all steps and looks together, if the canary is no worse by any metric. A
/// twentieth of alpha is spent on the bounds of stable's rates, which a canary with all requests is compared with (<see cref="BakeTest"/>).
/// </para>
/// <para>
/// Cleared: by every metric alone. A canary that in every look of a step is worse by more than the tolerance, by one metric at least, is cleared at
/// that step with probability beta at most, and that needs no independence either.
/// </para>
/// Given counts alone, without clock or files: the same looks give the same evidence.
/// </summary>
internal sealed class RolloutEvidence
{
    /// <summary>The metric of failures; the others are the indices of the bounds.</summary>
    public const int Failures = -1;

    private const double FailureWeight = 0.5;
    private const double LatencyWeight = 0.4;
    private const double WarmUpWeight = 0.05;
    private const double BakeWeight = 0.05;

    // Of alpha, for the bounds of what stable did before the bake; the rest is for the evidence.
    private const double BoundsPart = 0.05;

    private readonly JudgeSettings _settings;
    private readonly double _logNeeded;
    private readonly WorseTest _worseInWarmUp = new();
    private readonly WorseTest _worseFailures = new();
    private readonly WorseTest[] _worseLatency;
    private readonly ClearedTest[] _cleared;
    private readonly (long Requests, long Bad)[] _stable;
    private BakeTest[] _bake = [];

    /// <summary>No evidence yet.</summary>
    /// <param name="settings">Within their ranges.</param>
    /// <param name="bounds">The number of latency bounds, 0 or more.</param>
    public RolloutEvidence(JudgeSettings settings, int bounds)
    {
        _settings = settings;
        _logNeeded = -Math.Log((1 - BoundsPart) * settings.Alpha);
        _worseLatency = [.. Enumerable.Range(0, bounds).Select(_ => new WorseTest())];
        _cleared = [.. Enumerable.Range(0, bounds + 1).Select(index => new ClearedTest(ToleranceOf(settings, index), settings.Beta))];
        _stable = new (long, long)[bounds + 1];
    }

    /// <summary>How far the evidence against the canary is: 0 says nothing, 1 and more is decided; below 0 when stable looks worse.</summary>
    public double Worse { get; private set; }

    /// <summary>The metric with the most evidence against the canary.</summary>
    public int WorstMetric { get; private set; } = Failures;

    /// <summary>Whether the evidence against the canary has sufficed once.</summary>
    public bool IsWorse { get; private set; }

    /// <summary>How far the step is from being cleared, by the metric that is farthest: 0 at its beginning, 1 when it is cleared.</summary>
    public double Cleared => IsCleared ? 1 : Slowest.Test.Progress;

    /// <summary>The metric that is farthest from being cleared.</summary>
    public int SlowestMetric => Slowest.Metric;

    /// <summary>Whether every metric has been cleared in this step.</summary>
    public bool IsCleared => Array.TrueForAll(_cleared, test => test.IsCleared);

    private (ClearedTest Test, int Metric) Slowest => _cleared.Select((test, index) => (test, index - 1))
        .MinBy(metric => metric.test.IsCleared ? double.MaxValue : metric.test.Progress);

    /// <summary>Whether a canary with all requests is judged by its own failures alone, since stable has not been seen beside it.</summary>
    public bool IsAlone { get; private set; }

    /// <summary>Begins a step: the clearing starts again, the evidence against the canary stays.</summary>
    public void BeginStep()
    {
        _worseInWarmUp.BeginStep();
        _worseFailures.BeginStep();
        Array.ForEach(_worseLatency, test => test.BeginStep());
        Array.ForEach(_cleared, test => test.BeginStep());
    }

    /// <summary>Takes into account what both versions answered in the same time.</summary>
    /// <param name="phase">What the look may be used for.</param>
    /// <param name="stable">What stable answered.</param>
    /// <param name="canary">What the canary answered.</param>
    /// <param name="areCopies">Whether the canary got copies: a canary with all requests is then not compared with stable's latency of that time, which was not looked at.</param>
    public void Observe(Phase phase, VersionCounts stable, VersionCounts canary, bool areCopies = false)
    {
        var failures = new PairedTable(stable.Requests, stable.Failures, canary.Requests, canary.Failures);
        (phase == Phase.WarmUp ? _worseInWarmUp : _worseFailures).Observe(failures);
        if (phase == Phase.Judged)
        {
            _cleared[0].Observe(failures);
            Remember(0, failures);
            for (var bound = 0; bound < _worseLatency.Length; bound++)
            {
                var slower = new PairedTable(stable.Times, stable.Times - stable.Within[bound], canary.Times, canary.Times - canary.Within[bound]);
                _worseLatency[bound].Observe(slower);
                _cleared[bound + 1].Observe(slower);
                if (!areCopies)
                {
                    Remember(bound + 1, slower);
                }
            }
        }

        Weigh();
    }

    /// <summary>Takes into account what a canary with all requests answered: compared with what stable did in the looks before.</summary>
    /// <returns>Whether that is evidence: not where nothing is known of stable, unless the settings have a rate of their own for it.</returns>
    public bool ObserveAlone(Phase phase, VersionCounts canary)
    {
        if (_bake.Length == 0)
        {
            var delta = BoundsPart * _settings.Alpha / _stable.Length;
            IsAlone = _settings.JudgesAlone && _stable[0].Requests == 0;
            _bake = [.. _stable.Select((stable, index) => index == 0 && IsAlone
                ? new BakeTest(_settings.Tolerance.Points)
                : new(stable.Requests, stable.Bad, ToleranceOf(_settings, index), delta))];
        }

        _bake[0].Observe(canary.Requests, canary.Failures);
        for (var bound = 0; phase == Phase.Judged && bound < _worseLatency.Length; bound++)
        {
            _bake[bound + 1].Observe(canary.Times, canary.Times - canary.Within[bound]);
        }

        Weigh();
        return canary.Requests > 0 && _bake[0].CanTell;
    }

    /// <summary>How many more requests of the canary the clearing needs if the canary is as good as stable; infinite if none come.</summary>
    /// <param name="share">The canary's share of the requests, for as long as the step has seen none; 0 to 1.</param>
    public double Missing(double share) => _cleared.Max(test => test.Missing(share));

    // A metric that nothing has been seen of counts with its e-value of 1.
    private void Weigh()
    {
        var sum = WarmUpWeight * _worseInWarmUp.Value;
        sum += (_worseLatency.Length == 0 ? FailureWeight + LatencyWeight : FailureWeight) * _worseFailures.Value;
        (var most, WorstMetric) = (Math.Max(_worseInWarmUp.Value, _worseFailures.Value), Failures);
        for (var bound = 0; bound < _worseLatency.Length; bound++)
        {
            sum += LatencyWeight / _worseLatency.Length * _worseLatency[bound].Value;
            (most, WorstMetric) = Greater(_worseLatency[bound].Value, bound, most, WorstMetric);
        }

        sum += _bake.Length == 0 ? BakeWeight : 0;
        for (var metric = 0; metric < _bake.Length; metric++)
        {
            sum += BakeWeight / _bake.Length * _bake[metric].Value;
            (most, WorstMetric) = Greater(_bake[metric].Value, metric - 1, most, WorstMetric);
        }

        Worse = Math.Log(sum) / _logNeeded;
        IsWorse |= Worse >= 1;
    }

    // What a canary with all requests is compared with.
    private void Remember(int index, in PairedTable table)
    {
        if (table.IsComparison)
        {
            _stable[index] = (_stable[index].Requests + table.StableRequests, _stable[index].Bad + table.StableBad);
        }
    }

    // Failures come first, then the bounds.
    private static Tolerance ToleranceOf(JudgeSettings settings, int index) => index == 0 ? settings.Tolerance : settings.LatencyTolerance;

    private static (double Value, int Metric) Greater(double value, int metric, double most, int worst) => value > most ? (value, metric) : (most, worst);
}
