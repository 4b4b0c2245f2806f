using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>The settings of a rollout as the stack's file and the command line have them, and as the page has changed them, in this process alone.</summary>
/// <param name="config">Reads what the stack's file and the command line say.</param>
/// <param name="declare">Declares the stack with values over those; returns what was done, or throws and changes nothing.</param>
/// <param name="note">Told what was done by hand, in a few words.</param>
internal sealed class PageSettings(Func<EffectiveConfig> config, Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<Applied>> declare, Action<string> note) : IDisposable
{
    private static readonly string[] Keys = ["stableVersion", "canaryVersion", "canaryWeight", "mirrorPercent", "previewHeader"];

    private readonly SemaphoreSlim _applying = new(1);
    private readonly Stack<Dictionary<string, string>> _before = new();
    private volatile EffectiveConfig _read = config();
    private volatile Dictionary<string, string> _over = [];

    /// <summary>What the stack's file and the command line said when they were applied last.</summary>
    public EffectiveConfig Read => _read;

    /// <summary>How many changes can be undone.</summary>
    public int Undoable => _before.Count;

    /// <summary>Each setting with both of its values.</summary>
    public IReadOnlyList<ShownSetting> Shown => [.. Keys.Select(key => new ShownSetting(key, _read.Value(key), Here(key)))];

    /// <summary>The value in force.</summary>
    public string Here(string key) => _over.GetValueOrDefault(key) ?? _read.Value(key);

    /// <summary>Reads the files again: what they say has been applied.</summary>
    public void Refresh() => _read = config();

    /// <summary>Puts in force what the files say now, with the page's own values over it.</summary>
    /// <exception cref="UserException">It cannot be declared; nothing has been changed.</exception>
    public Task<Applied> ApplyAsync(CancellationToken cancellation) => ApplyAsync(over => over, () => { }, cancellation);

    /// <summary>Sets values over those of the files.</summary>
    /// <param name="values">Each key, without the project's name, and its value.</param>
    /// <exception cref="UserException">A key is not a setting of a rollout, or the values cannot be declared; nothing has been changed.</exception>
    public async Task ChangeAsync(IReadOnlyDictionary<string, string> values)
    {
        if (values.Keys.FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
        {
            throw new UserException($"'{unknown}' is not a setting of a rollout.", "the page", $"Those are {string.Join(", ", Keys)}.");
        }

        Dictionary<string, string> before = [];
        await ApplyAsync(over => With(before = over, values), () => _before.Push(before), CancellationToken.None);
        note(string.Join(", ", values.Select(value => $"{value.Key} {(value.Value.Length > 0 ? value.Value : "\"\"")}")));
    }

    /// <summary>Takes back the last change, or all of them.</summary>
    /// <exception cref="UserException">What was before cannot be declared any more; nothing has been changed.</exception>
    public async Task UndoAsync(bool all)
    {
        await ApplyAsync(_ => !all && _before.TryPeek(out var last) ? last : [], () => Forget(all), CancellationToken.None);
        note(all ? "as the stack's file says" : "the last change taken back");
    }

    /// <inheritdoc/>
    public void Dispose() => _applying.Dispose();

    private void Forget(bool all)
    {
        if (all)
        {
            _before.Clear();
        }
        else
        {
            _before.TryPop(out _);
        }
    }

    private Dictionary<string, string> With(Dictionary<string, string> over, IReadOnlyDictionary<string, string> values)
    {
        var changed = new Dictionary<string, string>(over);
        foreach (var (key, value) in values)
        {
            changed[key] = value;
            if (value == _read.Value(key))
            {
                changed.Remove(key);
            }
        }

        return changed;
    }

    // One after the other: each change builds on what the one before left, whoever made it.
    private async Task<Applied> ApplyAsync(Func<Dictionary<string, string>, Dictionary<string, string>> change, Action remember, CancellationToken cancellation)
    {
        await _applying.WaitAsync(cancellation);
        try
        {
            var over = change(_over);
            var applied = await declare(over, cancellation);
            _over = over;
            remember();
            return applied;
        }
        finally
        {
            _applying.Release();
        }
    }
}
