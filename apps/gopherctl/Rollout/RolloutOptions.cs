using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>What a rollout may choose.</summary>
internal sealed record RolloutOptions
{
    /// <summary>Why a rollout goes back when <see cref="IsAborted"/>.</summary>
    public const string AbortReason = "somebody has taken the canary back by hand";

    private bool _isAborted;

    /// <summary>What the judge guarantees.</summary>
    public JudgeSettings Judge { get; init; } = JudgeSettings.Default;

    /// <summary>How long a stage may wait for evidence.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>What happens when a stage's deadline passes without enough evidence.</summary>
    public Decision WithoutEvidence { get; init; } = Decision.Hold;

    /// <summary>How long the canary answers every request before it is promoted.</summary>
    public TimeSpan Bake { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The shortest time at a stage, so that no step ends within a breath.</summary>
    public TimeSpan ShortestStage { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two looks at the counters: a dead canary at 5 % is found after some five failures, whatever the rate.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the pods that a step needs may take to be ready, where an autoscaler brings them.</summary>
    public TimeSpan PodsPatience { get; init; } = CanaryPods.Patience;

    /// <summary>Whether the canary gets copies at weight 0; without them the dark launch cannot be judged.</summary>
    public bool HasCopies { get; init; } = true;

    /// <summary>The gates, in percent, that somebody has agreed to on the command line: this one and those below it; null: none.</summary>
    public int? Approved { get; init; }

    /// <summary>Says whether somebody wants the canary back, past this process; null where nobody can.</summary>
    public Func<bool>? AbortAsked { get; init; }

    /// <summary>Whether somebody wants the canary back; asked after each look at the counters, and before each update that gives it more.</summary>
    public bool IsAborted => _isAborted = _isAborted || (AbortAsked?.Invoke() ?? false);

    /// <summary>Asks whether to go beyond a gate; null where nobody can be asked.</summary>
    public Func<int, bool>? Ask { get; init; }

    /// <summary>Told what a person should know that is no event of the rollout; null where nobody listens.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Says that somebody wants the canary back.</summary>
    public void Abort() => _isAborted = true;

    /// <summary>What a stack's settings choose.</summary>
    public static RolloutOptions Of(StackSettings settings) => new()
    {
        Judge = JudgeSettings.Default with
        {
            Alpha = 1.0 / settings.Progress.HealthyRollouts,
            Beta = 1.0 / settings.Progress.BadSteps,
            Tolerance = JudgeSettings.Default.Tolerance with { Points = settings.Progress.Tolerance / 100 },
            LatencyTolerance = JudgeSettings.Default.LatencyTolerance with { Points = settings.Progress.LatencyTolerance / 100 },
            WarmUp = TimeSpan.FromSeconds(settings.Progress.WarmUpSeconds),
        },
        Deadline = TimeSpan.FromMinutes(settings.Progress.DeadlineMinutes),
        WithoutEvidence = settings.Progress.WithoutEvidence switch
        {
            Infra.Settings.WithoutEvidence.GoBack => Decision.GoBack,
            Infra.Settings.WithoutEvidence.GoOn => Decision.GoOn,
            _ => Decision.Hold,
        },
        Bake = TimeSpan.FromSeconds(settings.Progress.BakeSeconds),
        HasCopies = settings.Rollout.MirrorPercent > 0,
    };

    /// <summary>The settings of a stack that is to be rolled out, checked as the program checks them.</summary>
    /// <param name="stack">The stack's name.</param>
    /// <param name="overrides">Values over the stack's own, as <c>key=value</c>.</param>
    /// <exception cref="UserException">The configuration cannot be read, is wrong, or has faults on purpose.</exception>
    public static StackSettings Settings(string stack, IEnumerable<string> overrides)
    {
        var config = EffectiveConfig.Read(RepositoryRoot.Find(), stack, overrides);
        try
        {
            var settings = StackSettings.Read(config.Values);
            if (settings.Rollout.Fault is { Version: { } faulty })
            {
                throw new UserException(
                    $"requests to {faulty} have faults on purpose, which nobody could tell from the canary's", $"Pulumi.{stack}.yaml, faultVersion", "End them before the rollout: pulumi config rm faultVersion, and so for each setting that begins with fault.");
            }

            if (config.SchemaErrors.Count > 0)
            {
                throw WrongConfig.Of(config, settings: null);
            }

            // The program raises the autoscaler's least for the next of the stack's own steps, one step ahead of the requests.
            var missed = StackSettings.Read(EffectiveConfig.Read(RepositoryRoot.Find(), stack, []).Values).Progress.Steps.Except(settings.Progress.Steps).ToList();
            return missed.Count == 0 || settings.Gophers.DistributorMaxReplicas == 0 ? settings : throw new UserException(
                $"--steps leaves out {string.Join(", ", missed)} of the stack's rolloutSteps, for which the canary's autoscaler has its pods ready: it would get more requests than they are for",
                "--steps",
                $"Set them for the stack: pulumi config set --stack {stack} rolloutSteps {string.Join(',', settings.Progress.Steps)}. Steps in between may be added here.");
        }
        catch (SettingsException wrong)
        {
            throw WrongConfig.Of(config, wrong);
        }
    }
}
