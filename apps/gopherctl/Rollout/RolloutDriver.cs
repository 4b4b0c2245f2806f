using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// Drives a rollout: deploys a stage, looks at the counters until the judge decides or the deadline passes, then deploys the next stage
/// or takes the canary back. It keeps no state of its own: whoever runs it again goes on from what the stack's configuration says.
/// </summary>
/// <param name="canary">The version to roll out.</param>
/// <param name="target">The system that is moved.</param>
/// <param name="plan">The stages.</param>
/// <param name="options">What the rollout may choose.</param>
/// <param name="view">Sees what happens.</param>
/// <param name="time">The clock.</param>
internal sealed class RolloutDriver(
    string canary, IRolloutTarget target, RolloutPlan plan, RolloutOptions options, IRolloutView view, TimeProvider time)
{
    private readonly RolloutJudge _judge = new(options.Judge, target.Bounds);

    private string GoOn => $"./gopherctl rollout {canary} {target.Options}";

    private string GoBack => $"./gopherctl rollout {target.Options} --abort";

    /// <summary>Rolls out until the canary is promoted, taken back or held.</summary>
    /// <exception cref="UserException">An update failed, or the target cannot be read. The weight is not higher than it was.</exception>
    /// <exception cref="OperationCanceledException">Interrupted: the weight stays where it is.</exception>
    public async Task<RolloutEnd> RunAsync(CancellationToken cancellation)
    {
        var state = await target.ReadAsync(cancellation);
        var position = plan.Position(state);
        if (position < 0)
        {
            position = 0;
            state = await EnterAsync(plan.Stages[0], plan.Stages[0].Changes, cancellation);
        }
        else if (await GoOnAsync(plan.Stages[position], state, cancellation) is { } ended)
        {
            return ended;
        }

        while (true)
        {
            var stage = plan.Stages[position];
            var (decision, reason) = await DecideAsync(stage, state, cancellation);
            view.Show(new Decided(time.GetUtcNow(), stage, decision, reason));
            if (decision == Decision.GoBack)
            {
                return await TakeBackAsync(stage, reason, cancellation);
            }

            if (decision == Decision.Hold)
            {
                return End(RolloutEnd.Held, reason, GoOn, GoBack);
            }

            var next = plan.Stages[position + 1];
            if (plan.GateBefore(state.Weight, next) is { } gate && !IsApproved(gate))
            {
                var text = gate.ToString(CultureInfo.InvariantCulture);
                return End(RolloutEnd.AwaitsApproval, $"somebody has to agree before the canary gets more than {text} % of the requests", $"{GoOn} --approve {text}", GoBack);
            }

            if (await target.ForeignChangeAsync(state, cancellation) is { } change)
            {
                return End(RolloutEnd.ChangedByOthers, change, GoOn, GoBack);
            }

            state = await EnterAsync(next, next.Changes, cancellation);
            position++;
            if (next.Kind == StageKind.Promotion)
            {
                return Promoted();
            }
        }
    }

    // An interrupted rollout may have left more in the configuration than it deployed, or less on the cluster than the configuration says.
    private async Task<RolloutEnd?> GoOnAsync(RolloutStage stage, StackState state, CancellationToken cancellation)
    {
        switch (await target.StandingAsync(state, cancellation))
        {
            case Standing.BeingTakenBack:
                return await TakeBackAsync(stage, "an interrupted rollout had begun to take it back", cancellation);
            case Standing.NotDeployed:
                await EnterAsync(stage, [], cancellation);
                return stage.Kind == StageKind.Promotion ? Promoted() : null;
            case Standing.Deployed when stage.Kind == StageKind.Promotion:
                throw new UserException($"{canary} is the stable version already", "stableVersion", "Name another version, or look at ./gopherctl rollout --status.");
            default:
                view.Show(new StageBegan(time.GetUtcNow(), stage, []));
                return await target.ForeignChangeAsync(state, cancellation) is { } change ? End(RolloutEnd.ChangedByOthers, change, GoOn, GoBack) : null;
        }
    }

    private async Task<RolloutEnd> TakeBackAsync(RolloutStage stage, string reason, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        await target.TakeBackAsync($"rollout {canary}: taken back at {stage.Title}: {reason}", cancellation);
        view.Show(new StageDeployed(time.GetUtcNow(), plan.Stages[0], time.GetElapsedTime(start)));
        return End(RolloutEnd.TakenBack, reason, GoOn);
    }

    private async Task<StackState> EnterAsync(RolloutStage stage, ImmutableArray<ConfigChange> changes, CancellationToken cancellation)
    {
        view.Show(new StageBegan(time.GetUtcNow(), stage, changes));
        var start = time.GetTimestamp();
        await target.DeployAsync(changes, $"rollout {canary}: {stage.Title}", cancellation);
        view.Show(new StageDeployed(time.GetUtcNow(), stage, time.GetElapsedTime(start)));
        return stage.State;
    }

    private async Task<(Decision Decision, string Reason)> DecideAsync(RolloutStage stage, StackState state, CancellationToken cancellation)
    {
        if (stage.Kind == StageKind.DarkLaunch && !options.HasCopies)
        {
            // The first requests of the next step are then judged already: without counts before them they would only be counted from.
            var before = await target.CountsAsync(state, cancellation);
            _ = _judge.Look(before with { Canary = before.Canary ?? before.Stable?.ToDictionary(source => source.Key, _ => new VersionCounts(0, 0, new long[target.Bounds.Length])) });
            return (Decision.GoOn, "no request is copied (mirrorPercent 0), so the dark launch is not judged");
        }

        var start = time.GetTimestamp();
        var allowed = stage.Kind == StageKind.Bake ? options.Bake : options.Deadline;
        while (true)
        {
            var reading = Judged(await target.CountsAsync(state, cancellation));
            var look = _judge.Look(reading);
            var elapsed = time.GetElapsedTime(start);
            view.Show(new Looked(time.GetUtcNow(), stage, reading, look, allowed - elapsed));
            if (options.IsAborted)
            {
                return (Decision.GoBack, "somebody has taken the canary back by hand");
            }

            if (Decide(stage, look, elapsed, allowed) is { } decided)
            {
                return decided;
            }

            await Task.Delay(options.Interval, time, cancellation);
        }
    }

    // A copy leaves after its original and competes with it, so its time says nothing of the version: copies are judged by failures alone.
    // The names of the sources differ from those of the steps, where counting begins anew.
    private static Reading Judged(Reading reading)
    {
        return reading.Weight > 0 ? reading : reading with { Stable = WithoutLatency(reading.Stable), Canary = WithoutLatency(reading.Canary) };

        static Dictionary<string, VersionCounts>? WithoutLatency(IReadOnlyDictionary<string, VersionCounts>? counters) => counters?.ToDictionary(
            counter => $"{counter.Key} (copies)",
            counter => counter.Value with { Within = [.. Enumerable.Repeat(counter.Value.Requests, counter.Value.Within.Count)] });
    }

    private (Decision, string)? Decide(RolloutStage stage, JudgeLook look, TimeSpan elapsed, TimeSpan allowed)
    {
        if (look.Verdict == Verdict.Worse)
        {
            return (Decision.GoBack, $"{canary} is worse than the stable version: {look.WorstMetric} ({Counts(look)})");
        }

        if (look.Unanswered && target.CountsAtOneInstant)
        {
            return (Decision.GoBack, $"{canary} answers fewer requests than its weight sends to it: it hangs ({Counts(look)})");
        }

        if (stage.Kind == StageKind.Bake)
        {
            return elapsed < allowed ? null : (Decision.GoOn, string.Create(CultureInfo.InvariantCulture, $"{canary} answered every request for {allowed.TotalSeconds:0} s and is no worse than before"));
        }

        if (look.Verdict == Verdict.Cleared && elapsed >= options.ShortestStage)
        {
            return (Decision.GoOn, $"{canary} is not worse than the stable version by more than the tolerance ({Counts(look)})");
        }

        return elapsed < allowed ? null : (options.WithoutEvidence, $"not enough evidence: {Missing(look)} missing");
    }

    private static string Counts(JudgeLook look) => string.Create(
        CultureInfo.InvariantCulture,
        $"canary {look.CanaryStep.Failures:N0} failed of {look.CanaryStep.Requests:N0}, stable {look.StableStep.Failures:N0} of {look.StableStep.Requests:N0}");

    private static string Missing(JudgeLook look) => look.Missing switch
    {
        null => "requests of both versions",
        { Time: { } needed } missing => string.Create(CultureInfo.InvariantCulture, $"{missing.CanaryRequests:N0} requests of the canary or about {Math.Max(1, needed.TotalMinutes):0} minutes"),
        var missing => string.Create(CultureInfo.InvariantCulture, $"{missing.CanaryRequests:N0} requests of the canary"),
    };

    private bool IsApproved(int gate) => options.Approved >= gate || (options.Ask?.Invoke(gate) ?? false);

    private RolloutEnd Promoted() => End(RolloutEnd.Promoted, $"{canary} is the stable version now");

    private RolloutEnd End(RolloutEnd end, string reason, params ImmutableArray<string> next)
    {
        view.Show(new Ended(time.GetUtcNow(), end, reason, next));
        return end;
    }
}
