using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>Something that happened in a rollout, for the terminal, for JSON and for the page.</summary>
/// <param name="At">When.</param>
internal abstract record RolloutEvent(DateTimeOffset At);

/// <summary>A stage begins: these lines are about to be applied; none when an interrupted rollout goes on in it.</summary>
internal sealed record StageBegan(DateTimeOffset At, RolloutStage Stage, ImmutableArray<ConfigChange> Changes) : RolloutEvent(At);

/// <summary>The stage is in force.</summary>
/// <param name="At">When.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Took">From the command to its end.</param>
internal sealed record StageDeployed(DateTimeOffset At, RolloutStage Stage, TimeSpan Took) : RolloutEvent(At);

/// <summary>A stage waits until its canary's autoscaler has brought the pods that it needs; told when their number changes.</summary>
/// <param name="At">When.</param>
/// <param name="Stage">The stage that is to come.</param>
/// <param name="Pods">Its pods.</param>
/// <param name="Left">Time until the rollout gives up and holds.</param>
internal sealed record PodsAwaited(DateTimeOffset At, RolloutStage Stage, CanaryPods Pods, TimeSpan Left) : RolloutEvent(At)
{
    /// <summary>How far they are, in words.</summary>
    public string InWords => string.Create(CultureInfo.InvariantCulture, $"{Stage.Title} needs {Pods.Needed} ready pods of the canary, and {Pods.Ready} are: waiting for the autoscaler, {Math.Max(0, Left.TotalSeconds):0} s at most");
}

/// <summary>The judge has looked at the counts of the stage.</summary>
/// <param name="At">When.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Reading">The counts as they were read; the judge looks at the larger latency bounds alone, and at none of copies.</param>
/// <param name="Look">What they say so far.</param>
/// <param name="Left">Time until the deadline of the stage.</param>
internal sealed record Looked(DateTimeOffset At, RolloutStage Stage, Reading Reading, JudgeLook Look, TimeSpan Left) : RolloutEvent(At)
{
    /// <summary>The look as it is told: a copy competes with its original, so its time is none that a caller would see.</summary>
    public JudgeLook Told => Reading.Weight > 0 ? Look : Look with { Bounds = [] };
}

/// <summary>The stage has been decided.</summary>
/// <param name="At">When.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Decision">What is done about it.</param>
/// <param name="Reason">Why, in a sentence.</param>
internal sealed record Decided(DateTimeOffset At, RolloutStage Stage, Decision Decision, string Reason) : RolloutEvent(At)
{
    /// <summary>What is done, in words.</summary>
    public string InWords => Decision switch { Decision.GoOn => "go on", Decision.GoBack => "take back", _ => "hold" };
}

/// <summary>The rollout has ended, for now or for good.</summary>
/// <param name="At">When.</param>
/// <param name="End">How.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Next">The lines that go on from here or go back.</param>
internal sealed record Ended(DateTimeOffset At, RolloutEnd End, string Reason, ImmutableArray<string> Next) : RolloutEvent(At)
{
    /// <summary>How, in words.</summary>
    public string InWords => End switch
    {
        RolloutEnd.Promoted => "promoted",
        RolloutEnd.TakenBack => "taken back",
        RolloutEnd.Held => "held",
        RolloutEnd.AwaitsApproval => "waiting for approval",
        _ => "stopped",
    };
}

/// <summary>The command has ended otherwise than a rollout ends: it could not go on, or a person's way back is done.</summary>
/// <param name="At">When.</param>
/// <param name="End">How, in a word.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="ToDo">What somebody has to do; empty: nothing.</param>
/// <param name="Status">The exit status.</param>
internal sealed record CommandEnded(DateTimeOffset At, string End, string Reason, string ToDo, int Status) : RolloutEvent(At)
{
    /// <summary>The end by an error.</summary>
    public static CommandEnded By(UserException failed, DateTimeOffset at) => new(
        at, failed.Code switch { ExitCode.BadInput => "badInput", ExitCode.Busy => "busy", _ => "couldNot" }, failed.Message, failed.Remedy, failed.Code);
}

/// <summary>What a rollout does about a stage.</summary>
internal enum Decision
{
    /// <summary>The canary is no worse than the tolerance: on to the next stage.</summary>
    GoOn,

    /// <summary>The canary is worse, or somebody wants it back: weight 0.</summary>
    GoBack,

    /// <summary>The weight stays, and the rollout waits for more evidence or for a person.</summary>
    Hold,
}

/// <summary>How a rollout ends; each is an exit status.</summary>
internal enum RolloutEnd
{
    /// <summary>The canary is the stable version now.</summary>
    Promoted = 0,

    /// <summary>The canary was worse and answers nobody any more.</summary>
    TakenBack = 1,

    /// <summary>The deadline of a stage has passed without enough evidence; the weight stays.</summary>
    Held = ExitCode.NotEnoughEvidence,

    /// <summary>A gate is reached: somebody has to agree.</summary>
    AwaitsApproval = 4,

    /// <summary>Somebody else changed what this rollout moves, or the program that it deploys.</summary>
    ChangedByOthers = 5,
}
