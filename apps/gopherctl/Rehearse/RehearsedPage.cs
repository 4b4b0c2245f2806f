using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse.Faults;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>A rehearsal as its page shows and moves it. Settings that the page changes lie over the stack's, in this process alone.</summary>
internal sealed class RehearsedPage : IRolloutSystem, IAsyncDisposable
{
    private readonly MeshRehearsal _rehearsal;
    private readonly FaultyPods _faults;
    private readonly bool _isMovable;
    private readonly PageSettings _settings;
    private readonly RehearsalLog _log;
    private readonly PageCaller _caller;

    /// <summary>Begins to note what happens.</summary>
    /// <param name="rehearsal">The rehearsal, in which something is declared.</param>
    /// <param name="figures">The figures of its requests.</param>
    /// <param name="faults">The faults of its versions.</param>
    /// <param name="config">Reads what the stack's file and the command line say.</param>
    /// <param name="declare">Evaluates the program with values over those; null where the page may not change settings.</param>
    public RehearsedPage(
        MeshRehearsal rehearsal, LiveFigures figures, FaultyPods faults, Func<EffectiveConfig> config, Func<IReadOnlyDictionary<string, string>, Task<Declaration>>? declare)
    {
        (_rehearsal, Figures, _faults, _isMovable) = (rehearsal, figures, faults, declare is not null);
        (_log, _caller) = (new(rehearsal, figures), new(rehearsal));
        _log.Changed += () => Changed?.Invoke();
        _settings = new(config, async (over, cancellation) => Noted(await rehearsal.DeclareAsync(await declare!(over), cancellation)), text => Note("page", text));
        faults.Crash = rehearsal.Crash;
        rehearsal.ApplyingChanged += () => Changed?.Invoke();

        // Before anybody is told of the new split: requests of the old one would be held against it.
        rehearsal.Reapplied += figures.BeginSplit;
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public LiveFigures Figures { get; }

    /// <inheritdoc/>
    public Func<ShownRollout?> Rollout { get; set; } = () => null;

    /// <inheritdoc/>
    public Action? Abort { get; set; }

    /// <inheritdoc/>
    public Shown Describe()
    {
        var (split, canary, versions) = (_rehearsal.Split, _settings.Here("canaryVersion"), _settings.Read.Value("versions"));
        return new(_settings.Read.Stack, "this machine's rehearsal", _rehearsal.Gateway.ToString())
        {
            Can = Controls.Faults | Controls.Preview | (_isMovable ? Controls.Settings | Controls.Load : Controls.None) | (Abort is null ? Controls.None : Controls.Abort),
            Versions = [.. split.Versions.OrderBy(version => version.Name == canary).Select(version => new ShownVersion(
                version.Name, version.Name == canary, version.Share, version.Mirror, Words(_faults.Of(version.Name))))],
            Known = [.. JsonNode.Parse(versions.Length > 0 ? versions : "{}")!.AsObject().Select(version => version.Key)],
            Pods = _log.Pods(split.VersionOf),
            Settings = _settings.Shown,
            Undoable = _settings.Undoable,
            Load = _caller.Rate,
            Changes = _log.Changes,
            Applying = _rehearsal.IsApplying,
            Rollout = Rollout(),
        };
    }

    /// <inheritdoc/>
    public async Task<string?> ObeyAsync(PageCommand command, CancellationToken cancellation)
    {
        switch (command)
        {
            case ChangeSettings change when _isMovable:
                await _settings.ChangeAsync(change.Values);
                return null;
            case UndoSettings undo when _isMovable:
                await _settings.UndoAsync(undo.All);
                return null;
            case SetFault fault:
                SetFault(fault);
                return null;
            case SetLoad load when _isMovable:
                await _caller.SendAsync(load.Rate);
                Changed?.Invoke();
                return null;
            case SendPreview preview:
                return await _caller.AskAsync(_settings.Here("previewHeader"), preview.Version, cancellation);
            case AbortRollout when Abort is { } abort:
                abort();
                Note("page", "the canary is taken back by hand");
                return "The canary is being taken back.";
            default:
                throw new UserException("this cannot be done here", "the page", "A rollout moves the settings itself.");
        }
    }

    /// <summary>Puts in force what the files say now, with the page's own values over it.</summary>
    /// <exception cref="UserException">It cannot be declared; nothing has been changed.</exception>
    public Task<Applied> ApplyAsync(CancellationToken cancellation) => _settings.ApplyAsync(cancellation);

    /// <inheritdoc/>
    public void Note(string kind, string text) => _log.Note(kind, text);

    /// <summary>Notes what was applied.</summary>
    public void NoteApplied(Applied applied)
    {
        _settings.Refresh();
        foreach (var line in applied.Changes)
        {
            Note("applied", line);
        }

        if (applied.Failure is { } failure)
        {
            Note("applied", $"not finished: {failure.Message}");
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _caller.DisposeAsync();
        _settings.Dispose();
    }

    private static string? Words(VersionFault? fault) => fault switch
    {
        null => null,
        { Kind: FaultKind.Slow } => string.Create(CultureInfo.InvariantCulture, $"slow={fault.Delay.TotalMilliseconds:0}ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{fault.Kind.ToString().ToLowerInvariant()}={fault.Share * 100:0.###}%"),
    };

    private Applied Noted(Applied applied)
    {
        NoteApplied(applied);
        return applied;
    }

    private void SetFault(SetFault fault)
    {
        if (_rehearsal.Split.Versions.All(version => version.Name != fault.Version))
        {
            throw new UserException($"there is no version '{fault.Version}' here.", "the page", "Choose one that runs.");
        }

        _faults.Set(fault.Version, fault.Fault is { } text ? VersionFault.Parse(text) : null);
        Note("page", fault.Fault is null ? $"{fault.Version} is whole again" : $"{fault.Version} has the fault {fault.Fault}");
    }
}
