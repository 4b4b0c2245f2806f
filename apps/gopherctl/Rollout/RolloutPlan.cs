using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>What a stack's configuration says of its versions.</summary>
/// <param name="Stable">The version that serves (<c>stableVersion</c>).</param>
/// <param name="Canary">The version on trial (<c>canaryVersion</c>); null when none is deployed.</param>
/// <param name="Weight">Percent of requests that the canary answers (<c>canaryWeight</c>), 0 to 100.</param>
internal sealed record StackState(string Stable, string? Canary, int Weight)
{
    /// <summary>Reads the state out of a stack's configuration.</summary>
    /// <exception cref="UserException">The configuration has a value that the program refuses.</exception>
    public static StackState Of(EffectiveConfig config)
    {
        var weight = config.Value("canaryWeight");
        return int.TryParse(weight, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 100
            ? new(config.Value("stableVersion"), config.Value("canaryVersion") is { Length: > 0 } canary ? canary : null, percent)
            : throw new UserException($"canaryWeight is '{weight}'", $"Pulumi.{config.Stack}.yaml", "Use a whole number from 0 to 100.");
    }

    /// <inheritdoc/>
    public override string ToString() => Canary is null
        ? $"stableVersion {Stable}, no canary"
        : string.Create(CultureInfo.InvariantCulture, $"stableVersion {Stable}, canaryVersion {Canary}, canaryWeight {Weight}");
}

/// <summary>One value of the stack's configuration that a stage sets.</summary>
/// <param name="Key">The key, without the project's name.</param>
/// <param name="Value">The text, as <c>pulumi config set</c> stores it.</param>
internal sealed record ConfigChange(string Key, string Value)
{
    /// <summary>The line that a person would type.</summary>
    public string Command => $"pulumi config set {Key} {(Value.Length > 0 ? Value : "\"\"")}";
}

/// <summary>What a stage of a rollout is for.</summary>
internal enum StageKind
{
    /// <summary>The canary is deployed and gets copies of requests; no caller sees an answer of it.</summary>
    DarkLaunch,

    /// <summary>The canary answers a share of the requests, beside the stable version.</summary>
    Step,

    /// <summary>The canary answers every request; the stable version still runs, to go back to.</summary>
    Bake,

    /// <summary>The canary becomes the stable version, and the old one goes.</summary>
    Promotion,
}

/// <summary>One stage: the state that it brings the stack to, and the configuration that does it.</summary>
/// <param name="Kind">What the stage is for.</param>
/// <param name="State">The configuration while the stage is in force.</param>
/// <param name="Changes">What is set, in this order, to get there from the stage before.</param>
internal sealed record RolloutStage(StageKind Kind, StackState State, params ImmutableArray<ConfigChange> Changes)
{
    /// <summary>The stage in a few words, for people and for the stack's history.</summary>
    public string Title => Kind switch
    {
        StageKind.DarkLaunch => "dark launch",
        StageKind.Bake => "bake at 100 %",
        StageKind.Promotion => "promotion",
        _ => string.Create(CultureInfo.InvariantCulture, $"step {State.Weight} %"),
    };
}

/// <summary>The stages of one rollout, in order. The plan is pure: where a rollout stands follows from the stack's configuration alone.</summary>
internal sealed class RolloutPlan
{
    /// <summary>The setting of the canary's weight.</summary>
    public const string WeightKey = "canaryWeight";

    /// <summary>The setting that the promotion alone changes.</summary>
    public const string StableKey = "stableVersion";

    /// <summary>The setting of the version on trial.</summary>
    public const string CanaryKey = "canaryVersion";

    /// <summary>The setting of the copies, which the promotion may change.</summary>
    public const string MirrorKey = "mirrorPercent";

    private RolloutPlan(string canary, string stable, ImmutableArray<int> steps, ImmutableArray<int> gates, bool copiesAll)
    {
        // Without a canary the program refuses a share of copies.
        ConfigChange[] copies = copiesAll ? [] : [new(MirrorKey, "100")];
        Gates = gates;
        Stages =
        [
            new(StageKind.DarkLaunch, new(stable, canary, 0), new(CanaryKey, canary), new(WeightKey, "0")),
            .. steps.Select(weight => new RolloutStage(
                weight == 100 ? StageKind.Bake : StageKind.Step,
                new(stable, canary, weight),
                new ConfigChange(WeightKey, weight.ToString(CultureInfo.InvariantCulture)))),
            new(StageKind.Promotion, new(canary, null, 0), [new(StableKey, canary), new(CanaryKey, ""), new(WeightKey, "0"), .. copies]),
        ];
    }

    /// <summary>Every stage, from the dark launch to the promotion.</summary>
    public ImmutableArray<RolloutStage> Stages { get; }

    /// <summary>Weights in percent beyond which somebody has to agree, in ascending order; 0 stands before the first request.</summary>
    public ImmutableArray<int> Gates { get; }

    /// <summary>The settings that a rollout changes.</summary>
    public static ImmutableArray<string> Keys { get; } = [StableKey, CanaryKey, WeightKey, MirrorKey];

    /// <summary>What takes the canary back: it stays deployed and gets copies, as at the dark launch.</summary>
    public static ImmutableArray<ConfigChange> Back { get; } = [new(WeightKey, "0")];

    /// <summary>The plan that brings <paramref name="canary"/> from the given state to promotion.</summary>
    /// <param name="canary">The version to roll out.</param>
    /// <param name="state">What the stack's configuration says now.</param>
    /// <param name="steps">Weights in percent, ascending, the last of them 100.</param>
    /// <param name="gates">Weights in percent beyond which somebody has to agree.</param>
    /// <param name="copiesAll">Whether every request is copied at the dark launch (<c>mirrorPercent</c> 100); else the promotion says so.</param>
    /// <exception cref="UserException">Another version is on trial.</exception>
    public static RolloutPlan For(string canary, StackState state, ImmutableArray<int> steps, ImmutableArray<int> gates, bool copiesAll = true)
    {
        if (state.Canary is { } other && other != canary)
        {
            throw new UserException(
                $"a rollout of {state.Canary} is under way ({state})",
                CanaryKey,
                $"Go on with ./gopherctl rollout {state.Canary}, or end it: pulumi config set canaryWeight 0 && pulumi config set canaryVersion \"\" && pulumi up.");
        }

        return new(canary, state.Stable, steps, [.. gates.Order()], copiesAll);
    }

    /// <summary>
    /// The stage that the configuration says, as an index of <see cref="Stages"/>; -1 before the dark launch. A weight that is not a step of the plan
    /// belongs to the last step at or below it: the rollout judges there, at the weight that is found, and goes on to the next one.
    /// </summary>
    public int Position(StackState state)
    {
        if (state.Canary is null)
        {
            return state.Stable == Stages[^1].State.Stable ? Stages.Length - 1 : -1;
        }

        var position = 0;
        for (var index = 1; index < Stages.Length - 1 && Stages[index].State.Weight <= state.Weight; index++)
        {
            position = index;
        }

        return position;
    }

    /// <summary>The last stage before the bake in which both versions answer, as an index of <see cref="Stages"/>; null where there is none.</summary>
    /// <param name="hasCopies">Whether the canary gets copies at the dark launch: without them nothing is compared there.</param>
    public int? LastComparison(bool hasCopies) => Stages.Length > 3 ? Stages.Length - 3 : hasCopies ? 0 : null;

    /// <summary>The highest gate between a stage and the next one, to which one agrees with those below it; null when nobody has to agree.</summary>
    /// <param name="now">The weight in force, in percent.</param>
    /// <param name="next">The stage that would come.</param>
    public int? GateBefore(int now, RolloutStage next) => next.Kind == StageKind.DarkLaunch
        ? null
        : Gates.Where(gate => gate >= now && (next.Kind == StageKind.Promotion || next.State.Weight > gate)).Cast<int?>().LastOrDefault();
}
