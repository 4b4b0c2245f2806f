namespace GopherMesh.Gopherctl.Judge;

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
    private const double FailureWeight = 0.5;
    private const double LatencyWeight = 0.4;
    private const double WarmUpWeight = 0.05;
    private const double BakeWeight = 0.05;

    // Of alpha, for the bounds of what stable did before the bake; the rest is for the evidence.
    private const double BoundsPart = 0.05;

    private readonly JudgeSettings _settings;
    private readonly double _logNeeded;
    private readonly WorseTest _worseInWarmUp = new();
    private readonly MetricEvidence[] _metrics;
    private bool _isBaking;

    /// <summary>No evidence yet.</summary>
    /// <param name="settings">Within their ranges.</param>
    /// <param name="bounds">The number of latency bounds, 0 or more.</param>
    public RolloutEvidence(JudgeSettings settings, int bounds)
    {
        _settings = settings;
        _logNeeded = -Math.Log((1 - BoundsPart) * settings.Alpha);
        _metrics = [.. Metric.All(bounds).Select(metric => new MetricEvidence(metric, metric.ToleranceOf(settings), settings.Beta))];
    }

    /// <summary>How far the evidence against the canary is: 0 says nothing, 1 and more is decided; below 0 when stable looks worse.</summary>
    public double Worse { get; private set; }

    /// <summary>The metric with the most evidence against the canary.</summary>
    public Metric WorstMetric { get; private set; }

    /// <summary>Whether the evidence against the canary has sufficed once.</summary>
    public bool IsWorse { get; private set; }

    /// <summary>How far the step is from being cleared, by the metric that is farthest: 0 at its beginning, 1 when it is cleared.</summary>
    public double Cleared => IsCleared ? 1 : Slowest.Cleared.Progress;

    /// <summary>The metric that is farthest from being cleared.</summary>
    public Metric SlowestMetric => Slowest.Metric;

    /// <summary>Whether every metric has been cleared in this step.</summary>
    public bool IsCleared => Array.TrueForAll(_metrics, metric => metric.Cleared.IsCleared);

    private MetricEvidence Failures => _metrics[0];

    private MetricEvidence Slowest => _metrics.MinBy(metric => metric.Cleared.IsCleared ? double.MaxValue : metric.Cleared.Progress)!;

    /// <summary>Whether a canary with all requests is judged by its own failures alone, since stable has not been seen beside it.</summary>
    public bool IsAlone { get; private set; }

    /// <summary>Begins a step: the clearing starts again, the evidence against the canary stays.</summary>
    public void BeginStep()
    {
        _worseInWarmUp.BeginStep();
        Array.ForEach(_metrics, metric => metric.BeginStep());
    }

    /// <summary>Takes into account what both versions answered in the same time.</summary>
    /// <param name="phase">What the look may be used for.</param>
    /// <param name="stable">What stable answered.</param>
    /// <param name="canary">What the canary answered.</param>
    /// <param name="areCopies">Whether the canary got copies: a canary with all requests is then not compared with stable's latency of that time, which was not looked at.</param>
    public void Observe(Phase phase, VersionCounts stable, VersionCounts canary, bool areCopies = false)
    {
        foreach (var metric in _metrics)
        {
            var table = metric.Metric.Table(stable, canary);
            if (metric == Failures)
            {
                (phase == Phase.WarmUp ? _worseInWarmUp : metric.Worse).Observe(table);
            }
            else if (phase == Phase.Judged)
            {
                metric.Worse.Observe(table);
            }

            if (phase == Phase.Judged)
            {
                metric.Cleared.Observe(table);
                if (metric == Failures || !areCopies)
                {
                    metric.Remember(table);
                }
            }
        }

        Weigh();
    }

    /// <summary>Takes into account what a canary with all requests answered: compared with what stable did in the looks before.</summary>
    /// <returns>Whether that is evidence: not where nothing is known of stable, unless the settings have a rate of their own for it.</returns>
    public bool ObserveAlone(Phase phase, VersionCounts canary)
    {
        if (!_isBaking)
        {
            _isBaking = true;
            IsAlone = _settings.JudgesAlone && Failures.StableRequests == 0;
            var delta = BoundsPart * _settings.Alpha / _metrics.Length;
            Array.ForEach(_metrics, metric => metric.BeginBake(delta, isAlone: metric == Failures && IsAlone));
        }

        foreach (var metric in _metrics.Where(metric => metric == Failures || phase == Phase.Judged))
        {
            metric.Bake!.Observe(metric.Metric.Requests(canary), metric.Metric.Bad(canary));
        }

        Weigh();
        return canary.Requests > 0 && Failures.Bake!.CanTell;
    }

    /// <summary>How many more requests of the canary the clearing needs if the canary is as good as stable; infinite if none come.</summary>
    /// <param name="share">The canary's share of the requests, for as long as the step has seen none; 0 to 1.</param>
    public double Missing(double share) => _metrics.Max(metric => metric.Cleared.Missing(share));

    // A metric that nothing has been seen of counts with its e-value of 1.
    private void Weigh()
    {
        var latency = _metrics[1..];
        var sum = WarmUpWeight * _worseInWarmUp.Value;
        sum += (latency.Length == 0 ? FailureWeight + LatencyWeight : FailureWeight) * Failures.Worse.Value;
        (var most, WorstMetric) = (Math.Max(_worseInWarmUp.Value, Failures.Worse.Value), Metric.Failures);
        foreach (var metric in latency)
        {
            sum += LatencyWeight / latency.Length * metric.Worse.Value;
            (most, WorstMetric) = Greater(metric.Worse.Value, metric.Metric, most, WorstMetric);
        }

        sum += _isBaking ? 0 : BakeWeight;
        foreach (var metric in _metrics.Where(_ => _isBaking))
        {
            sum += BakeWeight / _metrics.Length * metric.Bake!.Value;
            (most, WorstMetric) = Greater(metric.Bake.Value, metric.Metric, most, WorstMetric);
        }

        Worse = Math.Log(sum) / _logNeeded;
        IsWorse |= Worse >= 1;
    }

    private static (double Value, Metric Metric) Greater(double value, Metric metric, double most, Metric worst) => value > most ? (value, metric) : (most, worst);

    /// <summary>The evidence by one metric, and what it needs to know of stable.</summary>
    private sealed class MetricEvidence(Metric metric, Tolerance tolerance, double beta)
    {
        private long _stableBad;

        public Metric Metric => metric;

        public WorseTest Worse { get; } = new();

        public ClearedTest Cleared { get; } = new(tolerance, beta);

        public BakeTest? Bake { get; private set; }

        public long StableRequests { get; private set; }

        public void BeginStep()
        {
            Worse.BeginStep();
            Cleared.BeginStep();
        }

        // What a canary with all requests is compared with.
        public void Remember(in PairedTable table)
        {
            if (table.IsComparison)
            {
                (StableRequests, _stableBad) = (StableRequests + table.StableRequests, _stableBad + table.StableBad);
            }
        }

        public void BeginBake(double delta, bool isAlone) => Bake = isAlone ? new(tolerance.Points) : new(StableRequests, _stableBad, tolerance, delta);
    }
}
