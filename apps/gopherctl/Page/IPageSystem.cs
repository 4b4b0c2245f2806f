using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Page;

/// <summary>The system that a page shows and moves.</summary>
internal interface IPageSystem
{
    /// <summary>Called after each change of what <see cref="Describe"/> returns, from any thread.</summary>
    event Action? Changed;

    /// <summary>What the page shows beside the figures.</summary>
    Shown Describe();

    /// <summary>Does what somebody has asked for on the page; returns when it is in force.</summary>
    /// <param name="command">What.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>A sentence for the page; null where there is nothing to say.</returns>
    /// <exception cref="UserException">It cannot be done; nothing has been changed.</exception>
    Task<string?> ObeyAsync(PageCommand command, CancellationToken cancellation);
}

/// <summary>A system that a rollout can move.</summary>
internal interface IRolloutSystem : IPageSystem
{
    /// <summary>The figures of its requests.</summary>
    LiveFigures Figures { get; }

    /// <summary>The rollout that the page shows; null for none.</summary>
    Func<ShownRollout?> Rollout { get; set; }

    /// <summary>Takes the canary of the rollout back; null where there is no rollout.</summary>
    Action? Abort { get; set; }

    /// <summary>Notes that something happened that the page shows.</summary>
    /// <param name="kind">What sort of change; see <see cref="ShownChange"/>.</param>
    /// <param name="text">What, in a few words.</param>
    void Note(string kind, string text);
}

/// <summary>What a page can ask for.</summary>
internal abstract record PageCommand;

/// <summary>Sets values of the configuration for this rehearsal alone.</summary>
/// <param name="Values">Each key, without the project's name, and its value.</param>
internal sealed record ChangeSettings(Dictionary<string, string> Values) : PageCommand;

/// <summary>Takes back the last change of settings, or all of them: then everything is as the stack's file says.</summary>
/// <param name="All">Whether all of them are meant.</param>
internal sealed record UndoSettings(bool All) : PageCommand;

/// <summary>Makes a version faulty, or whole again.</summary>
/// <param name="Version">The version.</param>
/// <param name="Fault">As <c>rollout --fault</c> has it; null for whole.</param>
internal sealed record SetFault(string Version, string? Fault) : PageCommand;

/// <summary>Sends requests from now on.</summary>
/// <param name="Rate">Requests a second; 0 for none.</param>
internal sealed record SetLoad(double Rate) : PageCommand;

/// <summary>Sends one request with the preview header.</summary>
/// <param name="Version">The header's value.</param>
internal sealed record SendPreview(string Version) : PageCommand;

/// <summary>Takes the canary of the rollout back.</summary>
internal sealed record AbortRollout : PageCommand;
