using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// Where a rollout goes on that has begun already. An interrupted one, or somebody with an editor, may have left more in the configuration than
/// is in force: nobody has judged that weight or agreed to it, so it goes on from the weight in force, through every step and gate after that.
/// </summary>
/// <param name="canary">The version to roll out.</param>
/// <param name="target">The system that is moved.</param>
/// <param name="plan">The stages.</param>
/// <param name="options">What the rollout may choose.</param>
internal sealed class RolloutBeginning(string canary, IRolloutTarget target, RolloutPlan plan, RolloutOptions options)
{
    /// <summary>Finds the place, and says what is not as the configuration has it.</summary>
    /// <param name="state">What the configuration says; the dark launch at least.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserException">The version is the stable one already, or it cannot be told what is in force.</exception>
    public async Task<Beginning> FindAsync(StackState state, CancellationToken cancellation)
    {
        var position = plan.Position(state);
        var isPromotion = plan.Stages[position].Kind == StageKind.Promotion;
        var (standing, inForce) = await target.StandingAsync(state, cancellation);
        var found = new Beginning(position, state.Weight, isPromotion ? inForce : Math.Min(inForce, state.Weight));
        return standing switch
        {
            Standing.BeingTakenBack => found with { TakesBack = "an interrupted rollout had begun to take it back" },
            Standing.NotDeployed when isPromotion => Promotion(found),
            Standing.NotDeployed => From(state, found.InForce, found with { Weight = found.InForce, Deploys = true }),
            _ when isPromotion => throw StableAlready(canary),
            _ when await ChangeAsync(state, cancellation) is { } ended => found with { Ended = ended },
            _ => From(state, state.Weight, found),
        };
    }

    /// <summary>That there is nothing to roll out.</summary>
    public static UserException StableAlready(string canary) =>
        new($"{canary} is the stable version already", "stableVersion", "Name another version, or look at ./gopherctl rollout --status.");

    // An update would take over what others changed, or fail on it: a person decides that before the canary gets a request. What an interrupted
    // rollout left half done differs as well, so nothing is looked for where that is finished first.
    private async Task<(RolloutEnd, string, ImmutableArray<string>)?> ChangeAsync(StackState state, CancellationToken cancellation)
    {
        var goOn = $"./gopherctl rollout {canary} {target.Options}";
        if (await target.ForeignChangeAsync(state, cancellation) is { } change)
        {
            return (RolloutEnd.ChangedByOthers, change, [goOn, $"./gopherctl rollout {target.Options} --abort"]);
        }

        return await target.DriftAsync(cancellation) is var (drifted, takesBack) ? (RolloutEnd.ChangedByOthers, drifted, [.. takesBack, goOn]) : null;
    }

    private Beginning Promotion(Beginning found) => found.InForce == 100 ? found with { Deploys = true } : found with
    {
        Ended = (
            RolloutEnd.ChangedByOthers,
            string.Create(CultureInfo.InvariantCulture, $"the configuration makes {canary} the stable version, and on the cluster it has {found.InForce} % of the requests: put the configuration back as the last update had it, or promote {canary} by hand"),
            [$"pulumi stack history {target.Options}", $"pulumi up {target.Options}"]),
    };

    private Beginning From(StackState state, int weight, Beginning found)
    {
        if (weight < state.Weight)
        {
            Note($"the configuration gives {canary} {state.Weight} %, and {weight} % are in force: the rollout goes on from these");
        }

        var position = plan.Position(state with { Weight = weight });
        if (plan.Stages[position].Kind == StageKind.Bake && plan.LastComparison(options.HasCopies) is { } earlier)
        {
            // What a killed rollout knew of stable went with it, and at 100 % nothing can be learned of it.
            Note($"{canary} has all requests, and this rollout has not seen {state.Stable} beside it: it goes back to the {plan.Stages[earlier].Title}, compares both there, and then bakes");
            (position, weight, found) = (earlier, plan.Stages[earlier].State.Weight, found with { Deploys = true });
        }

        return found with
        {
            Position = position,
            Weight = weight,
            Changes = weight == state.Weight ? [] : [new(RolloutPlan.WeightKey, weight.ToString(CultureInfo.InvariantCulture))],
        };
    }

    private void Note(FormattableString text) => options.Note?.Invoke(text.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Where a rollout goes on.</summary>
/// <param name="Position">The stage, as an index of <see cref="RolloutPlan.Stages"/>.</param>
/// <param name="Weight">The canary's weight there, in percent.</param>
/// <param name="InForce">The weight in force before, at most what the configuration says.</param>
internal sealed record Beginning(int Position, int Weight, int InForce)
{
    /// <summary>Whether the stage is deployed first; otherwise it is in force.</summary>
    public bool Deploys { get; init; }

    /// <summary>What is set for that.</summary>
    public ImmutableArray<ConfigChange> Changes { get; init; } = [];

    /// <summary>Why the canary is taken back instead; null when it is not.</summary>
    public string? TakesBack { get; init; }

    /// <summary>How the rollout ends instead, why, and the lines that go on from there; null when it does not.</summary>
    public (RolloutEnd End, string Reason, ImmutableArray<string> Next)? Ended { get; init; }
}
