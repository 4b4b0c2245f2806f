using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>What a stack's history, configuration and routes say of a rollout: what was left by another one, and what others have done since.</summary>
/// <param name="pulumi">Gives the history.</param>
/// <param name="cluster">Gives the weights in force.</param>
/// <param name="config">Reads the configuration as it is now.</param>
/// <param name="note">Told what a person should know.</param>
internal sealed class StackHistory(PulumiCli pulumi, StackCluster cluster, Func<EffectiveConfig> config, Action<string> note)
{
    private readonly IReadOnlyDictionary<string, Guid> _program = BuiltProgram.Assemblies();
    private StackUpdate? _own;
    private string? _message;

    /// <summary>Says that an update of this rollout has ended: the newest one is its own, which is looked up when somebody else's is looked for.</summary>
    /// <param name="message">Its message.</param>
    public void Updated(string message) => (_own, _message) = (null, message);

    /// <inheritdoc cref="IRolloutTarget.StandingAsync"/>
    public async Task<(Standing Standing, int InForce)> StandingAsync(StackState state, CancellationToken cancellation)
    {
        var last = _own = await LastUpdateAsync(cancellation);
        var changed = last?.ChangedIn(config()) ?? [];
        var isOther = state.Canary is not null && last is { Result: "succeeded" } && !BuiltProgram.IsOf(last.Message);
        var isDeployed = last is { Result: "succeeded" } && changed.Count == 0 && !isOther;
        if (isDeployed && state.Canary is null)
        {
            return (Standing.Deployed, 100);
        }

        var weights = await cluster.WeightsAsync(state.Canary ?? state.Stable, cancellation);
        var inForce = weights.Length > 0 ? weights.Min() : 0;
        if (isDeployed)
        {
            if (state.Weight == 0 && last!.IsWayBack)
            {
                note($"the last update took {state.Canary} back ({last.Message}): the rollout begins again with the dark launch");
            }

            return (state.Weight > 0 && weights is [0] ? Standing.BeingTakenBack : Standing.Deployed, inForce);
        }

        if (state is { Canary: not null, Weight: 0 } && last is { } newest && (newest.Result == "succeeded" ? changed.Any(IsWeight) : newest.IsWayBack))
        {
            return (Standing.BeingTakenBack, inForce);
        }

        if (last is { Result: "succeeded" } && changed.Where(key => !IsWeight(key)).ToList() is [_, ..] others)
        {
            note($"the configuration has changed since the last update ({string.Join(", ", others)}): that is deployed first");
        }

        if (isOther)
        {
            note("the program is not the one that the last update deployed: it is deployed first");
        }

        return (Standing.NotDeployed, inForce);
    }

    /// <inheritdoc cref="IRolloutTarget.ForeignChangeAsync"/>
    public async Task<string?> ForeignChangeAsync(StackState expected, CancellationToken cancellation)
    {
        if (StackState.Of(config()) is var found && found != expected)
        {
            return $"somebody changed the configuration: it says {found}, this rollout left {expected}";
        }

        // By its message where it has not been looked up: another one may have come before that.
        if (await LastUpdateAsync(cancellation) is { } newest)
        {
            if (_own is { } own ? !newest.Is(own) : _message is { } message && newest.Message != message)
            {
                return $"somebody updated the stack (update {newest.Version}: {newest.Message})";
            }

            _own = newest;
        }

        if (_own?.ChangedIn(config()) is [_, ..] changed)
        {
            return $"somebody changed the configuration: the next step would also deploy {string.Join(", ", changed)}";
        }

        if (BuiltProgram.Assemblies().Where(assembly => _program.GetValueOrDefault(assembly.Key) != assembly.Value).Select(assembly => assembly.Key).ToList() is [_, ..] built)
        {
            return $"the program was built again: the next step would also deploy what has changed in {string.Join(", ", built)}";
        }

        if (expected.Canary is not { } canary)
        {
            return null;
        }

        // At weight 0 there may be no route to the canary.
        var weights = await cluster.WeightsAsync(canary, cancellation);
        return (weights.Length == 0 && expected.Weight > 0) || Array.Exists(weights, weight => weight != expected.Weight)
            ? $"somebody changed the weights on the cluster: the VirtualService gives {canary} {(weights.Length > 0 ? string.Join(" and ", weights) : "no")} %, the stack {expected.Weight} %; pulumi up --refresh takes it back"
            : null;
    }

    /// <summary>
    /// The versions that are in force, for somebody who takes the canary back: another clone may have brought it, and this one's configuration does not
    /// know it. The newest update says so, or, while the first one runs, the routes on the cluster.
    /// </summary>
    /// <param name="configured">What this clone's configuration says.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserException">It cannot be told.</exception>
    public async Task<StackState> InForceAsync(StackState configured, CancellationToken cancellation)
    {
        var last = await LastUpdateAsync(cancellation);
        if (last is null)
        {
            return configured;
        }

        var left = last.StateIn(config()) ?? configured;
        if (left.Canary is not null || IsPromoted(last, left, configured.Canary))
        {
            return left;
        }

        if (configured.Canary is not null)
        {
            return configured;
        }

        if (last.Result != "succeeded" && left.Stable != configured.Stable)
        {
            throw new UserException(
                $"{last.InWords} has ended as {last.Result}, and this clone's configuration has stableVersion {configured.Stable}: which version is the canary cannot be told",
                $"Pulumi.{config().Stack}.yaml",
                "Take over the stack's file from where that update ran, then run the same command again.",
                ExitCode.NegativeVerdict);
        }

        return left with { Canary = await (await cluster.SplitAsync(cancellation)).CanaryAsync(left.Stable, cancellation) };
    }

    /// <summary>What an update sets that takes a canary back, by what the newest one deployed.</summary>
    /// <param name="canary">The canary.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The values; null where the canary is the stable version by now.</returns>
    /// <exception cref="UserException">The update would also deploy what nobody asked for.</exception>
    public async Task<IReadOnlyList<ConfigChange>?> BackAsync(string canary, CancellationToken cancellation)
    {
        var (last, now) = (await LastUpdateAsync(cancellation), config());
        if (last?.StateIn(now) is { } left && IsPromoted(last, left, canary))
        {
            return null;
        }

        if (StackState.Of(now).Canary == canary)
        {
            return RolloutPlan.Back;
        }

        var changed = last?.ChangedIn(now) ?? [];
        if (changed.Where(key => !RolloutPlan.Keys.Any(own => key == $"{now.Project}:{own}")).ToList() is [_, ..] others)
        {
            throw new UserException(
                $"the update that takes {canary} back from here would also deploy this clone's {string.Join(", ", others)}, which {last!.InWords} had otherwise",
                $"Pulumi.{now.Stack}.yaml",
                "Take over the stack's file from where that update ran.",
                ExitCode.NegativeVerdict);
        }

        return
        [
            .. ((string[])[RolloutPlan.StableKey, RolloutPlan.MirrorKey]).Where(key => changed.Contains($"{now.Project}:{key}")).Select(key => new ConfigChange(key, last!.Config![$"{now.Project}:{key}"])),
            new(RolloutPlan.CanaryKey, canary),
            .. RolloutPlan.Back,
        ];
    }

    private static bool IsPromoted(StackUpdate last, StackState left, string? canary) => last.Result == "succeeded" && canary is not null && left.Stable == canary;

    private static bool IsWeight(string key) => key.EndsWith($":{RolloutPlan.WeightKey}", StringComparison.Ordinal);

    private async Task<StackUpdate?> LastUpdateAsync(CancellationToken cancellation) => await pulumi.HistoryAsync(1, cancellation) is [{ } newest, ..] ? newest : null;
}
