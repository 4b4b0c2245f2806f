using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;

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
    private readonly StageWatch _watch = new(
        canary, target, options.Judge with { JudgesAlone = plan.LastComparison(options.HasCopies) is null }, options, view, time);

    private int _inForce;

    private string GoOn => $"./gopherctl rollout {canary} {target.Options}";

    private string GoBack => $"./gopherctl rollout {target.Options} --abort";

    /// <summary>Rolls out until the canary is promoted, taken back or held.</summary>
    /// <exception cref="UserException">An update failed, or the target cannot be read. The weight is not higher than it was.</exception>
    /// <exception cref="OperationCanceledException">Interrupted: the weight stays where it is.</exception>
    public async Task<RolloutEnd> RunAsync(CancellationToken cancellation)
    {
        var state = await target.ReadAsync(cancellation);
        var position = plan.Position(state);
        string? worse = null;
        if (position < 0)
        {
            if (await DriftAsync(cancellation) is { } drifted)
            {
                return drifted;
            }

            position = 0;
            worse = await EnterAsync(plan.Stages[0], plan.Stages[0].Changes, cancellation);
            state = plan.Stages[0].State;
        }
        else
        {
            (var deploys, var weight, var ended) = await GoOnAsync(plan.Stages[position], state, cancellation);
            if (ended is { } end)
            {
                return end;
            }

            (position, weight) = WhereItGoesOn(state, weight);
            if (deploys || weight != state.Weight)
            {
                worse = await EnterAsync(plan.Stages[position], weight == state.Weight ? [] : [new(RolloutPlan.WeightKey, weight.ToString(CultureInfo.InvariantCulture))], cancellation);
                state = state with { Weight = weight };
            }
        }

        while (true)
        {
            var stage = plan.Stages[position];
            var (decision, reason) = worse is null ? await _watch.DecideAsync(stage, state, cancellation) : (Decision.GoBack, worse);
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
            if (GateBefore(state.Weight, next) is { } closed)
            {
                return closed;
            }

            if (await target.ForeignChangeAsync(state, cancellation) is { } change)
            {
                return End(RolloutEnd.ChangedByOthers, change, GoOn, GoBack);
            }

            worse = await EnterAsync(next, next.Changes, cancellation);
            state = next.State;
            position++;
            if (next.Kind == StageKind.Promotion)
            {
                return Promoted();
            }
        }
    }

    // An interrupted rollout, or somebody with an editor, may have left more in the configuration than is in force: nobody has judged that weight, or
    // agreed to it.
    private async Task<(bool Deploys, int Weight, RolloutEnd? Ended)> GoOnAsync(RolloutStage stage, StackState state, CancellationToken cancellation)
    {
        var (standing, inForce) = await target.StandingAsync(state, cancellation);
        _inForce = Math.Min(inForce, state.Weight);
        switch (standing)
        {
            case Standing.BeingTakenBack:
                return (false, 0, await TakeBackAsync(stage, "an interrupted rollout had begun to take it back", cancellation));
            case Standing.NotDeployed when stage.Kind == StageKind.Promotion:
                return (false, 0, await FinishPromotionAsync(stage, inForce, cancellation));
            case Standing.NotDeployed:
                return (true, _inForce, null);
            case Standing.Deployed when stage.Kind == StageKind.Promotion:
                throw new UserException($"{canary} is the stable version already", "stableVersion", "Name another version, or look at ./gopherctl rollout --status.");
            default:
                view.Show(new StageBegan(time.GetUtcNow(), stage, []));
                return (false, state.Weight, await target.ForeignChangeAsync(state, cancellation) is { } change
                    ? End(RolloutEnd.ChangedByOthers, change, GoOn, GoBack)
                    : await DriftAsync(cancellation));
        }
    }

    private (int Position, int Weight) WhereItGoesOn(StackState state, int weight)
    {
        if (weight < state.Weight)
        {
            Note($"the configuration gives {canary} {state.Weight} %, and {weight} % are in force: the rollout goes on from these");
        }

        var position = plan.Position(state with { Weight = weight });
        if (plan.Stages[position].Kind != StageKind.Bake || plan.LastComparison(options.HasCopies) is not { } earlier)
        {
            return (position, weight);
        }

        // What a killed rollout knew of stable went with it, and at 100 % nothing can be learned of it.
        Note($"{canary} has all requests, and this rollout has not seen {state.Stable} beside it: it goes back to the {plan.Stages[earlier].Title}, compares both there, and then bakes");
        return (earlier, plan.Stages[earlier].State.Weight);
    }

    private async Task<RolloutEnd> FinishPromotionAsync(RolloutStage promotion, int inForce, CancellationToken cancellation)
    {
        if (inForce < 100)
        {
            return End(
                RolloutEnd.ChangedByOthers,
                string.Create(CultureInfo.InvariantCulture, $"the configuration makes {canary} the stable version, and on the cluster it has {inForce} % of the requests: put the configuration back as the last update had it, or promote {canary} by hand"),
                $"pulumi stack history {target.Options}",
                $"pulumi up {target.Options}");
        }

        if (GateBefore(inForce, promotion) is { } closed)
        {
            return closed;
        }

        _ = await EnterAsync(promotion, [], cancellation);
        return Promoted();
    }

    // An update would take over what others changed, or fail on it: a person decides that before the canary gets a request. What an interrupted
    // rollout left half done differs as well, so nothing is looked for where that is finished first.
    private async Task<RolloutEnd?> DriftAsync(CancellationToken cancellation) => await target.DriftAsync(cancellation) is var (found, takesBack)
        ? End(RolloutEnd.ChangedByOthers, found, takesBack, GoOn)
        : null;

    private async Task<RolloutEnd> TakeBackAsync(RolloutStage stage, string reason, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        await target.TakeBackAsync($"rollout {canary}: taken back at {stage.Title}: {reason}", cancellation);
        view.Show(new StageDeployed(time.GetUtcNow(), plan.Stages[0], time.GetElapsedTime(start)));
        return End(RolloutEnd.TakenBack, reason, GoOn);
    }

    /// <returns>Why the canary is worse, if that was seen before the update had ended.</returns>
    private async Task<string?> EnterAsync(RolloutStage stage, ImmutableArray<ConfigChange> changes, CancellationToken cancellation)
    {
        view.Show(new StageBegan(time.GetUtcNow(), stage, changes));
        var start = time.GetTimestamp();
        var update = target.DeployAsync(changes, $"rollout {canary}: {stage.Title}", cancellation);
        string? worse = null;
        try
        {
            if (stage.Kind is StageKind.Step or StageKind.Bake)
            {
                worse = await _watch.DuringAsync(update, stage, cancellation);
            }
        }
        finally
        {
            // A canary that is worse goes back, whatever becomes of the update.
            await update.ConfigureAwait(worse is null ? ConfigureAwaitOptions.None : ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!update.IsCompletedSuccessfully)
        {
            Note($"the update of the {stage.Title} did not end: {update.Exception?.InnerException?.Message ?? "interrupted"}");
            return worse;
        }

        view.Show(new StageDeployed(time.GetUtcNow(), stage, time.GetElapsedTime(start)));
        return worse;
    }

    private RolloutEnd? GateBefore(int weight, RolloutStage next)
    {
        if (plan.GateBefore(weight, next) is not { } gate || IsApproved(gate))
        {
            return null;
        }

        var text = gate.ToString(CultureInfo.InvariantCulture);
        return End(RolloutEnd.AwaitsApproval, $"somebody has to agree before the canary gets more than {text} % of the requests", $"{GoOn} --approve {text}", GoBack);
    }

    // What the canary had when the rollout was started again, somebody has agreed to.
    private bool IsApproved(int gate) => options.Approved >= gate || gate < _inForce || (options.Ask?.Invoke(gate) ?? false);

    private void Note(FormattableString text) => options.Note?.Invoke(text.ToString(CultureInfo.InvariantCulture));

    private RolloutEnd Promoted() => End(RolloutEnd.Promoted, $"{canary} is the stable version now");

    private RolloutEnd End(RolloutEnd end, string reason, params ImmutableArray<string> next)
    {
        view.Show(new Ended(time.GetUtcNow(), end, reason, next));
        return end;
    }
}
