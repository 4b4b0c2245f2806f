using System.Globalization;
using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>Looks at the counters of one rollout, stage after stage, until the judge or the deadline decides.</summary>
/// <param name="canary">The version that is rolled out.</param>
/// <param name="target">Gives the counts.</param>
/// <param name="judge">What the judge guarantees.</param>
/// <param name="options">What the rollout may choose.</param>
/// <param name="view">Sees each look.</param>
/// <param name="time">The clock.</param>
internal sealed class StageWatch(
    string canary, IRolloutTarget target, JudgeSettings judge, RolloutOptions options, IRolloutView view, TimeProvider time)
{
    private readonly RolloutJudge _judge = new(judge, target.Bounds);
    private readonly SortedSet<string> _sources = new(StringComparer.Ordinal);

    private double AlonePercent => judge.Tolerance.Points * 100;

    /// <summary>Looks until the stage is decided and, where the next one gives the canary more requests, until the pods for them are ready.</summary>
    /// <param name="stage">The stage, which is in force.</param>
    /// <param name="next">The one that would come.</param>
    /// <param name="state">What the configuration says.</param>
    /// <param name="cancellation">Ends the looking; the weight stays.</param>
    /// <returns>What to do, and why.</returns>
    public async Task<(Decision Decision, string Reason)> DecideAsync(RolloutStage stage, RolloutStage next, StackState state, CancellationToken cancellation)
    {
        var decided = await DecideAsync(stage, state, cancellation);
        return decided.Decision == Decision.GoOn && next.State.Weight > state.Weight
            ? await new AwaitedPods(canary, next, target, options, view, time).AwaitAsync(left => LookBackAsync(stage, state, left, cancellation), cancellation) ?? decided
            : decided;
    }

    // Whether the canary has to go back is all that is left to be decided.
    private async Task<(Decision Decision, string Reason)?> LookBackAsync(RolloutStage stage, StackState state, TimeSpan left, CancellationToken cancellation)
    {
        var look = await LookAsync(stage, state, isShifting: false, left, cancellation);
        return options.IsAborted ? (Decision.GoBack, RolloutOptions.AbortReason)
            : Decide(stage, look, TimeSpan.Zero, TimeSpan.MaxValue) is (Decision.GoBack, _) worse ? worse
            : null;
    }

    private async Task<(Decision Decision, string Reason)> DecideAsync(RolloutStage stage, StackState state, CancellationToken cancellation)
    {
        if (stage.Kind == StageKind.DarkLaunch && !options.HasCopies)
        {
            // The first requests of the next step are then judged already: without counts before them they would only be counted from.
            var before = AtJudgedBounds(await target.CountsAsync(state, cancellation));
            _ = _judge.Look(before with { Canary = before.Canary ?? before.Stable?.ToDictionary(source => source.Key, _ => new VersionCounts(0, 0, new long[target.Bounds.Length])) });
            return (Decision.GoOn, "no request is copied (mirrorPercent 0), so the dark launch is not judged");
        }

        _sources.Clear();
        var start = time.GetTimestamp();
        var isBake = stage.Kind == StageKind.Bake;
        var allowed = isBake ? options.Bake + options.Deadline : options.Deadline;
        while (true)
        {
            var look = await LookAsync(stage, state, isShifting: false, isBake ? options.Bake - _judge.Covered : allowed - time.GetElapsedTime(start), cancellation);
            if (options.IsAborted)
            {
                return (Decision.GoBack, RolloutOptions.AbortReason);
            }

            if (Decide(stage, look, time.GetElapsedTime(start), allowed) is { } decided)
            {
                return decided;
            }

            await Task.Delay(options.Interval, time, cancellation);
        }
    }

    /// <summary>
    /// Looks while an update gives the canary more requests: they come before the update has ended. A canary that is worse loses them at once,
    /// and as often as the update gives them back.
    /// </summary>
    /// <param name="update">The update; its failure is not looked at.</param>
    /// <param name="stage">The stage that it brings.</param>
    /// <param name="cancellation">Ends the looking.</param>
    /// <returns>Why the canary goes back; null when it does not, as far as has been seen.</returns>
    public async Task<string?> DuringAsync(Task update, RolloutStage stage, CancellationToken cancellation)
    {
        string? worse = null;
        _sources.Clear();
        while (!update.IsCompleted)
        {
            worse ??= options.IsAborted ? RolloutOptions.AbortReason : null;

            // The way back of a canary that is worse has begun, and nothing interrupts it.
            var stopping = worse is null ? cancellation : CancellationToken.None;
            stopping.ThrowIfCancellationRequested();
            if (worse is null && await LookAsync(stage, stage.State, isShifting: true, options.Deadline, cancellation) is { Verdict: Verdict.Worse } look)
            {
                worse = Worse(look);
            }

            if (worse is not null)
            {
                await target.CutAsync(CancellationToken.None);
            }

            await Task.WhenAny(update, Task.Delay(options.Interval, time, stopping));
        }

        return worse;
    }

    private async Task<JudgeLook> LookAsync(RolloutStage stage, StackState state, bool isShifting, TimeSpan left, CancellationToken cancellation)
    {
        var counted = await target.CountsAsync(state, cancellation) with { IsShifting = isShifting };
        var reading = Judged(AtJudgedBounds(counted));
        if (reading is { Weight: 100, Stable: null, Canary: not null })
        {
            // Callers that started with all requests at the canary have counted nothing of stable.
            reading = reading with { Stable = new Dictionary<string, VersionCounts>() };
        }

        if (reading is { Stable: not null, Canary: not null, From.Length: > 0 })
        {
            _sources.Add(reading.From);
        }

        var look = _judge.Look(reading);
        view.Show(new Looked(time.GetUtcNow(), stage, counted, look, left));
        return look;
    }

    // What is counted at smaller bounds is for the page.
    private Reading AtJudgedBounds(Reading reading)
    {
        var behind = target.CountsAtOneInstant || reading.Behind > RequestCounts.HistogramLag ? reading.Behind : RequestCounts.HistogramLag;
        return reading with { Stable = Cut(reading.Stable), Canary = Cut(reading.Canary), Behind = behind };

        Dictionary<string, VersionCounts>? Cut(IReadOnlyDictionary<string, VersionCounts>? counters) => counters?.ToDictionary(
            counter => counter.Key,
            counter => counter.Value with { Within = [.. counter.Value.Within.TakeLast(target.Bounds.Length)] });
    }

    // A copy leaves after its original and competes with it, so its time says nothing of the version: copies are judged by failures alone.
    // The names of the sources differ from those of the steps, where counting begins again.
    private static Reading Judged(Reading reading)
    {
        return reading.Weight > 0 ? reading : reading with { Stable = WithoutLatency(reading.Stable), Canary = WithoutLatency(reading.Canary) };

        static Dictionary<string, VersionCounts>? WithoutLatency(IReadOnlyDictionary<string, VersionCounts>? counters) => counters?.ToDictionary(
            counter => $"{counter.Key} (copies)",
            counter => counter.Value with { Within = [.. Enumerable.Repeat(counter.Value.Requests, counter.Value.Within.Count)], Timed = null });
    }

    private (Decision, string)? Decide(RolloutStage stage, JudgeLook look, TimeSpan elapsed, TimeSpan allowed)
    {
        if (look.Verdict == Verdict.Worse)
        {
            return (Decision.GoBack, Worse(look));
        }

        if (look.Unanswered && target.CountsAtOneInstant)
        {
            return (Decision.GoBack, $"{canary} answers fewer requests than its weight sends to it: it hangs ({Counts(look)})");
        }

        if (stage.Kind == StageKind.Bake)
        {
            // Its time is that which looks with evidence cover: without counts no time passes, and the deadline decides.
            return look.Phase is not null && _judge.Covered > TimeSpan.Zero && _judge.Covered >= options.Bake ? (Decision.GoOn, Baked(look))
                : elapsed < allowed ? null
                : (options.WithoutEvidence, string.Create(CultureInfo.InvariantCulture, $"not enough evidence: of the {options.Bake.TotalSeconds:0} s at 100 % {Math.Floor(_judge.Covered.TotalSeconds):0} s could be judged"));
        }

        if (look.Verdict == Verdict.Cleared && elapsed >= options.ShortestStage)
        {
            return (Decision.GoOn, $"{canary} is not worse than the stable version by more than the tolerance ({Counts(look)})");
        }

        return elapsed < allowed ? null : (options.WithoutEvidence, $"not enough evidence: {Missing(look)} missing");
    }

    private string Worse(JudgeLook look) => _judge.IsAlone
        ? string.Create(CultureInfo.InvariantCulture, $"{canary} fails more than {AlonePercent:0.##} % of its requests, with no stable version beside it ({Counts(look)})")
        : $"{canary} is worse than the stable version: {look.WorstMetric} ({Counts(look)})";

    private string Baked(JudgeLook look) => string.Create(
        CultureInfo.InvariantCulture,
        $"{canary} had all requests for {options.Bake.TotalSeconds:0} s and {(_judge.IsAlone ? $"does not fail more than {AlonePercent:0.##} % of them, with no stable version beside it" : "is not worse than the stable version was by more than the tolerance")} ({Counts(look)})");

    private string Counts(JudgeLook look) => string.Create(
        CultureInfo.InvariantCulture,
        $"canary {look.CanaryStep.Failures:N0} failed of {look.CanaryStep.Requests:N0}{(look.StableStep.Requests > 0 ? string.Create(CultureInfo.InvariantCulture, $", stable {look.StableStep.Failures:N0} of {look.StableStep.Requests:N0}") : "")}{(_sources.Count > 0 ? $", as {string.Join(" and ", _sources)} counted" : "")}");

    private static string Missing(JudgeLook look) => look.Missing switch
    {
        null => "requests of both versions",
        { Time: { } needed } missing => string.Create(CultureInfo.InvariantCulture, $"{missing.CanaryRequests:N0} requests of the canary or about {Math.Max(1, needed.TotalMinutes):0} minutes"),
        var missing => string.Create(CultureInfo.InvariantCulture, $"{missing.CanaryRequests:N0} requests of the canary"),
    };
}
