namespace GopherMesh.Gopherctl.Judge;

/// <summary>
/// The judge of one rollout: takes cumulative counts look by look, and says after each whether the canary is to be taken back, cleared for the
/// next step, or neither. A change of weight begins a step. One judge is for one rollout, from the dark launch to the promotion: its
/// false-alarm rate is over all looks that it is given. See docs/judge.md for what is guaranteed and assumed.
/// </summary>
internal sealed class RolloutJudge
{
    private readonly JudgeSettings _settings;
    private readonly IReadOnlyList<string> _bounds;
    private readonly RolloutEvidence _evidence;
    private readonly UnansweredTest _unanswered = new();
    private readonly CounterBook _stableBook = new();
    private readonly CounterBook _canaryBook = new();
    private Reading? _last;
    private TimeSpan? _canarySince;
    private TimeSpan _stepSince;
    private bool _shiftsUncounted;
    private VersionCounts _stableStep = VersionCounts.None;
    private VersionCounts _canaryStep = VersionCounts.None;
    private TimeSpan? _coveredTo;
    private bool _isUnanswered;

    /// <summary>A judge that knows nothing yet.</summary>
    /// <param name="settings">What it is asked for.</param>
    /// <param name="bounds">The latency bounds as they are to be named, ascending, with a unit (<c>0.25 s</c>); empty if latency is not judged.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    public RolloutJudge(JudgeSettings settings, IReadOnlyList<string> bounds)
    {
        (_settings, _bounds) = (settings.Checked(), bounds);
        _evidence = new(settings, bounds.Count);
    }

    /// <summary>
    /// How much time of this step the looks that were evidence cover, since its weight is in force. A time without counts is covered when they go on
    /// from where they were, and one without requests when the next have come; one that the counters lost is not.
    /// </summary>
    public TimeSpan Covered { get; private set; }

    /// <summary>Whether a canary with all requests is judged by its own failures alone, since stable has not been seen beside it.</summary>
    public bool IsAlone => _evidence.IsAlone;

    /// <summary>Takes a reading into account. The first only gives the point to count from.</summary>
    /// <exception cref="ArgumentException">A reading's counts are impossible, or do not have all bounds.</exception>
    public JudgeLook Look(Reading reading)
    {
        Check(reading.Stable, "stable");
        Check(reading.Canary, "the canary");
        if (_last is { } last && reading.At <= last.At)
        {
            _shiftsUncounted |= reading.IsShifting;
            return Judged(reading, null, ["the counts are not newer than those before"]);
        }

        if (_last is null || reading.Weight != _last.Weight)
        {
            BeginStep(_last?.At ?? reading.At);
        }

        // An update that had not ended when there were no newer counts has ended since.
        if (reading.IsShifting || _shiftsUncounted)
        {
            _stepSince = reading.At;
            (Covered, _coveredTo) = (TimeSpan.Zero, reading.At);
        }

        _shiftsUncounted = false;
        var from = _last?.At;
        if (reading.Stable is null || reading.Canary is null)
        {
            // What comes next is counted from the last reading that had both, so that the times of both stay the same.
            _last = _last is null ? null : _last with { Weight = reading.Weight };
            return Judged(reading, null, [$"no counts of {(reading.Stable is null ? "stable" : "the canary")}"]);
        }

        var (stable, stableLeftOut, _) = _stableBook.Advance(reading.Stable);
        var (canary, canaryLeftOut, goesOn) = _canaryBook.Advance(reading.Canary);
        if (!goesOn)
        {
            _coveredTo = reading.At;
        }

        _last = reading;
        if (_canaryBook.Requests > 0)
        {
            // Its first request came at some time since the last reading; where readings are far apart, later than its beginning.
            _canarySince ??= reading.Behind > TimeSpan.Zero ? reading.At : from ?? reading.At;
        }

        List<string> remarks = [.. stableLeftOut.Select(why => $"stable: {why}"), .. canaryLeftOut.Select(why => $"canary: {why}")];
        return from is { } start ? Observe(reading, start, stable, canary, remarks) : Judged(reading, null, ["the first counts: there is nothing to compare them with"]);
    }

    private JudgeLook Observe(Reading reading, TimeSpan from, VersionCounts stable, VersionCounts canary, List<string> remarks)
    {
        (_stableStep, _canaryStep) = (_stableStep.Plus(stable), _canaryStep.Plus(canary));
        var oldest = from - reading.Behind;
        var phase = PhaseAt(oldest);
        // Also of a canary that has not answered any request yet, and therefore never began to warm up.
        if (oldest >= _stepSince + _settings.Settling && remarks.Count == 0 && reading.Weight is > 0 and < 100)
        {
            _unanswered.Observe(reading.Weight / 100.0, stable.Requests, canary.Requests);
            _isUnanswered |= _unanswered.Value >= 1 / _settings.Alpha;
        }

        _coveredTo ??= from;
        var isEvidence = stable.Requests > 0 && canary.Requests > 0;
        if (isEvidence)
        {
            _evidence.Observe(phase, stable, canary, areCopies: reading.Weight == 0);
        }

        if (reading is { Weight: 100, IsShifting: false } && canary.Requests > 0)
        {
            // Also beside the last requests of stable, of which there may be too few to compare with.
            isEvidence = _evidence.ObserveAlone(phase, canary);
            remarks.Add(
                !isEvidence ? "what stable did before is not known: there is nothing to compare with"
                : IsAlone ? "stable has not been seen beside the canary: compared with the tolerance alone"
                : "stable has no requests: compared with what it did in the steps before");
        }
        else if (!isEvidence)
        {
            remarks.Add($"no new requests of {(canary.Requests == 0 ? "the canary" : "stable")}: there is nothing to compare");
        }

        if (isEvidence)
        {
            Covered += reading.At - _coveredTo.Value;
            _coveredTo = reading.At;
        }

        return Judged(reading, isEvidence ? phase : null, remarks);
    }

    private void BeginStep(TimeSpan since)
    {
        _stepSince = since;
        (_stableStep, _canaryStep) = (VersionCounts.None, VersionCounts.None);
        (Covered, _coveredTo) = (TimeSpan.Zero, null);
        _evidence.BeginStep();
        _unanswered.BeginStep();
    }

    // By the beginning of the time that the increments are of.
    private Phase PhaseAt(TimeSpan oldest) =>
        _canarySince is not { } since || oldest < since + _settings.WarmUp ? Phase.WarmUp
        : oldest < _stepSince + _settings.Settling ? Phase.Settling
        : Phase.Judged;

    private JudgeLook Judged(Reading reading, Phase? phase, IReadOnlyList<string> remarks)
    {
        var verdict = _evidence.IsWorse ? Verdict.Worse : _evidence.IsCleared ? Verdict.Cleared : Verdict.NotEnoughEvidence;
        return new(
            verdict, _evidence.Worse, _evidence.WorstMetric.Name(_bounds), _evidence.Cleared, _evidence.SlowestMetric.Name(_bounds),
            verdict == Verdict.NotEnoughEvidence ? Missing(reading) : null, phase, remarks, _isUnanswered, _stableStep, _canaryStep)
        {
            Bounds = _bounds,
        };
    }

    private MissingEvidence? Missing(Reading reading)
    {
        // Each copy has its original: half of what is compared.
        var missing = Math.Ceiling(_evidence.Missing(reading.Weight == 0 ? 0.5 : reading.Weight / 100.0));
        if (!double.IsFinite(missing) || missing > 1e12)
        {
            return null;
        }

        var requests = Math.Max(1, (long)missing);
        var elapsed = (reading.At - _stepSince).TotalSeconds;
        return new(requests, _canaryStep.Requests > 0 && elapsed > 0 ? TimeSpan.FromSeconds(Math.Min(1e9, requests * elapsed / _canaryStep.Requests)) : null);
    }

    private void Check(IReadOnlyDictionary<string, VersionCounts>? counters, string version)
    {
        foreach (var (source, counts) in counters ?? new Dictionary<string, VersionCounts>())
        {
            var problem = counts.Within.Count != _bounds.Count ? $"{counts.Within.Count} latency bounds, not {_bounds.Count}" : counts.Problem();
            if (problem is not null)
            {
                throw new ArgumentException($"the counts of {version}{(source.Length == 0 ? "" : $" from {source}")} cannot be: {problem}", nameof(counters));
            }
        }
    }
}
