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
            if (await target.DriftAsync(cancellation) is var (found, takesBack))
            {
                return End(RolloutEnd.ChangedByOthers, found, [.. takesBack, GoOn]);
            }

            position = 0;
            worse = await EnterAsync(plan.Stages[0], plan.Stages[0].Changes, cancellation);
            state = plan.Stages[0].State;
        }
        else
        {
            var beginning = await new RolloutBeginning(canary, target, plan, options).FindAsync(state, cancellation);
            (position, _inForce) = (beginning.Position, beginning.InForce);
            var stage = plan.Stages[position];
            if (beginning.TakesBack is { } why)
            {
                return await TakeBackAsync(stage, why, cancellation);
            }

            if (!beginning.Deploys && stage.Kind != StageKind.Promotion)
            {
                view.Show(new StageBegan(time.GetUtcNow(), stage, []));
            }

            if (beginning.Ended is { } ended)
            {
                return End(ended.End, ended.Reason, ended.Next);
            }

            if (GateBefore(beginning.InForce, stage) is { } closed)
            {
                return closed;
            }

            if (stage.Kind == StageKind.Promotion && !target.BeginPromotion())
            {
                throw new UserException(
                    $"{RolloutOptions.AbortReason}, and the configuration makes {canary} the stable version already, so there is no weight to go back to: nothing was updated",
                    target.Options,
                    $"To finish the promotion: {GoOn}. To go back, put the configuration back as the last update had it (pulumi stack history {target.Options}), then run pulumi up.",
                    ExitCode.NegativeVerdict);
            }

            if (beginning.Deploys)
            {
                worse = await EnterAsync(stage, beginning.Changes, cancellation);
                state = state with { Weight = beginning.Weight };
            }

            if (stage.Kind == StageKind.Promotion)
            {
                return Promoted();
            }
        }

        while (true)
        {
            var stage = plan.Stages[position];
            var (decision, reason) = worse is null ? await _watch.DecideAsync(stage, plan.Stages[position + 1], state, cancellation) : (Decision.GoBack, worse);
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

            var change = await target.ForeignChangeAsync(state, cancellation);
            if (options.IsAborted || (change is null && next.Kind == StageKind.Promotion && !target.BeginPromotion()))
            {
                // Whoever asked for it has changed the weights on the cluster as well.
                view.Show(new Decided(time.GetUtcNow(), stage, Decision.GoBack, RolloutOptions.AbortReason));
                return await TakeBackAsync(stage, RolloutOptions.AbortReason, cancellation);
            }

            if (change is not null)
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

    private async Task<RolloutEnd> TakeBackAsync(RolloutStage stage, string reason, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        await target.TakeBackAsync(UpdateMessage.TakenBack(canary, stage, reason), cancellation);
        view.Show(new StageDeployed(time.GetUtcNow(), plan.Stages[0], time.GetElapsedTime(start)));
        return End(RolloutEnd.TakenBack, reason, GoOn);
    }

    /// <returns>Why the canary is worse, if that was seen before the update had ended.</returns>
    private async Task<string?> EnterAsync(RolloutStage stage, ImmutableArray<ConfigChange> changes, CancellationToken cancellation)
    {
        view.Show(new StageBegan(time.GetUtcNow(), stage, changes));
        var start = time.GetTimestamp();
        var update = target.DeployAsync(changes, UpdateMessage.Stage(canary, stage), cancellation);
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
            options.Note?.Invoke($"the update of the {stage.Title} did not end: {update.Exception?.InnerException?.Message ?? "interrupted"}");
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

    private RolloutEnd Promoted() => End(RolloutEnd.Promoted, $"{canary} is the stable version now");

    private RolloutEnd End(RolloutEnd end, string reason, params ImmutableArray<string> next)
    {
        view.Show(new Ended(time.GetUtcNow(), end, reason, next));
        return end;
    }
}
