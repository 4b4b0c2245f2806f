using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Page;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>A rollout for its page: the stages, the evidence over time, and what was decided.</summary>
/// <param name="inner">Sees everything too.</param>
/// <param name="canary">The version that is rolled out.</param>
/// <param name="plan">The stages.</param>
/// <param name="note">Told of each event but the looks, in a few words, with the page's name for its kind.</param>
internal sealed class RolloutPage(IRolloutView inner, string canary, RolloutPlan plan, Action<string, string> note) : IRolloutView
{
    private const int MostLooks = 600;

    /// <summary>The rollout until now.</summary>
    public ShownRollout Shown { get; private set; } = new(canary, [.. plan.Stages.Select(stage => stage.Title)], -1, [], null, null, null, []);

    /// <inheritdoc/>
    public void Show(RolloutEvent happened)
    {
        inner.Show(happened);
        switch (happened)
        {
            case StageBegan began:
                Shown = Shown with { Now = plan.Stages.IndexOf(began.Stage), Verdict = null, Reason = null };
                note("rollout", began.Stage.Title);
                break;
            case PodsAwaited awaited:
                note("rollout", awaited.InWords);
                break;
            case StageDeployed deployed:
                note("rollout", string.Create(CultureInfo.InvariantCulture, $"{deployed.Stage.Title} in force after {deployed.Took.TotalSeconds:0.0} s"));
                break;
            case Looked looked:
                var look = new ShownLook(looked.At.ToUnixTimeMilliseconds(), Shown.Now, Math.Round(looked.Look.Worse, 3), Math.Round(looked.Look.Cleared, 3));
                Shown = Shown with { Looks = Thinned(Shown.Looks).Add(look) };
                break;
            case Decided decided:
                Shown = Shown with { Verdict = decided.InWords, Reason = decided.Reason };
                note("rollout", $"{Shown.Verdict}: {decided.Reason}");
                break;
            case Ended ended:
                Shown = Shown with { End = ended.InWords, Reason = ended.Reason, Next = ended.Next };
                note("rollout", ended.InWords);
                break;
            default:
                break;
        }
    }

    // Every second look of a long rollout goes, so that its curve stays as long and as cheap.
    private static ImmutableArray<ShownLook> Thinned(ImmutableArray<ShownLook> looks) =>
        looks.Length < MostLooks ? looks : [.. looks.Where((_, index) => index % 2 == 0)];
}

/// <summary>A view whose output may end, as into a pipe that is closed: the rollout goes on without it, since a canary that is worse has to go back all the same.</summary>
/// <param name="inner">Writes.</param>
/// <param name="note">Told once.</param>
internal sealed class SteadyView(IRolloutView inner, Action<string> note) : IRolloutView
{
    private bool _isTold;

    /// <inheritdoc/>
    public void Show(RolloutEvent happened)
    {
        try
        {
            inner.Show(happened);
        }
        catch (UserException unwritten)
        {
            if (!_isTold)
            {
                note($"{unwritten.Message}; what was begun goes on without them");
            }

            _isTold = true;
        }
    }
}
