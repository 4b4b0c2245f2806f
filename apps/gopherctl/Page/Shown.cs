using System.Collections.Immutable;

namespace GopherMesh.Gopherctl.Page;

/// <summary>What the page shows beside the figures: sent whole whenever any of it changes.</summary>
/// <param name="Stack">The stack's name.</param>
/// <param name="Source">Where the figures come from, in a few words.</param>
/// <param name="Address">Where callers reach the gateway; null where the page does not know.</param>
internal sealed record Shown(string Stack, string Source, string? Address)
{
    /// <summary>What the page may do here.</summary>
    public Controls Can { get; init; }

    /// <summary>The versions that run, the stable one first.</summary>
    public IReadOnlyList<ShownVersion> Versions { get; init; } = [];

    /// <summary>The names of all versions that can be deployed.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>The pods by name.</summary>
    public IReadOnlyList<ShownPod> Pods { get; init; } = [];

    /// <summary>The settings of a rollout.</summary>
    public IReadOnlyList<ShownSetting> Settings { get; init; } = [];

    /// <summary>How many changes of the settings can be undone.</summary>
    public int Undoable { get; init; }

    /// <summary>When counters were read last, where the figures come from counters; null where each request is reported.</summary>
    public DateTimeOffset? Counted { get; init; }

    /// <summary>Whether the last look found no counters: the figures are as old as <see cref="Counted"/>.</summary>
    public bool Unread { get; init; }

    /// <summary>Requests a second that the page's own caller sends; 0 for none.</summary>
    public double Load { get; init; }

    /// <summary>What happened, the oldest first.</summary>
    public IReadOnlyList<ShownChange> Changes { get; init; } = [];

    /// <summary>Whether a change is being applied: <see cref="Versions"/> then has the split before it, and routes may follow the new one.</summary>
    public bool Applying { get; init; }

    /// <summary>The rollout that is under way or has ended; null for none.</summary>
    public ShownRollout? Rollout { get; init; }
}

/// <summary>What can be done by the page.</summary>
[Flags]
internal enum Controls
{
    /// <summary>Only look.</summary>
    None = 0,

    /// <summary>Change the settings of a rollout.</summary>
    Settings = 1,

    /// <summary>Make versions faulty.</summary>
    Faults = 1 << 1,

    /// <summary>Send requests: at a rate.</summary>
    Load = 1 << 2,

    /// <summary>Send one request with the preview header.</summary>
    Preview = 1 << 3,

    /// <summary>Take the canary of a rollout back.</summary>
    Abort = 1 << 4,
}

/// <summary>A version that runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsCanary">Whether it is on trial.</param>
/// <param name="Share">The share of the requests that it is declared to answer, 0 to 1.</param>
/// <param name="Mirror">The share of the requests of which it is declared to get a copy, 0 to 1.</param>
/// <param name="Fault">What is wrong with it on purpose, as <c>rollout --fault</c> has it; null for nothing.</param>
internal sealed record ShownVersion(string Name, bool IsCanary, double Share, double Mirror, string? Fault);

/// <summary>A pod.</summary>
/// <param name="Name">Its name.</param>
/// <param name="App">The service that it belongs to.</param>
/// <param name="Version">Its version; null for a service that has none.</param>
/// <param name="State">Starting, ready, restarting, ending, ejected, or unknown where nothing of it can be read now.</param>
/// <param name="Restarts">How often its container has been started again.</param>
internal sealed record ShownPod(string Name, string App, string? Version, string State, int Restarts);

/// <summary>A setting of a rollout.</summary>
/// <param name="Key">The key, without the project's name.</param>
/// <param name="File">What the stack's file and the command line say.</param>
/// <param name="Here">What is in force in this rehearsal.</param>
internal sealed record ShownSetting(string Key, string File, string Here);

/// <summary>Something that happened.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">applied, pod, ejection, page or rollout.</param>
/// <param name="Text">What, in a few words.</param>
internal sealed record ShownChange(DateTimeOffset At, string Kind, string Text);

/// <summary>A rollout.</summary>
/// <param name="Canary">The version that is rolled out.</param>
/// <param name="Stages">Every stage in order.</param>
/// <param name="Now">The index of the stage in force; -1 before the first.</param>
/// <param name="Looks">The evidence over time, the oldest first.</param>
/// <param name="Verdict">What was decided last; null before the first decision.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="End">How the rollout ended; null while it is under way.</param>
/// <param name="Next">The lines that go on from here or go back.</param>
internal sealed record ShownRollout(
    string Canary,
    ImmutableArray<string> Stages,
    int Now,
    ImmutableArray<ShownLook> Looks,
    string? Verdict,
    string? Reason,
    string? End,
    ImmutableArray<string> Next);

/// <summary>The evidence at one look.</summary>
/// <param name="At">When, in milliseconds since 1970.</param>
/// <param name="Stage">The index of the stage.</param>
/// <param name="Worse">How far the evidence is that the canary is worse; 1 decides.</param>
/// <param name="Cleared">How far the evidence is that it is not; 1 decides.</param>
internal sealed record ShownLook(long At, int Stage, double Worse, double Cleared);
