using System.Globalization;
using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse.Faults;
using GopherMesh.Gopherctl.Rehearse.Pods;
using GopherMesh.Gopherctl.Watch;
using GopherMesh.Infra.Conventions;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>A rehearsal as its page shows and moves it. Settings that the page changes lie over the stack's, in this process alone.</summary>
internal sealed class RehearsedPage : IPageSystem, IAsyncDisposable
{
    private const int KeptChanges = 100;
    private const int MostLoad = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Keys = ["stableVersion", "canaryVersion", "canaryWeight", "mirrorPercent", "previewHeader"];

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _applying = new(1);
    private readonly SemaphoreSlim _sending = new(1);
    private readonly MeshRehearsal _rehearsal;
    private readonly LiveFigures _figures;
    private readonly FaultyPods _faults;
    private readonly Func<EffectiveConfig> _config;
    private readonly Func<IReadOnlyDictionary<string, string>, Task<Declaration>>? _declare;
    private readonly Queue<ShownChange> _changes = new();
    private readonly HashSet<(string Caller, string Pod)> _ejected = [];
    private readonly Stack<Dictionary<string, string>> _undone = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience };
    private Dictionary<string, string> _over = [];
    private Dictionary<string, PodState> _pods = [];
    private EffectiveConfig _read;
    private Load? _load;

    /// <summary>Begins to note what happens.</summary>
    /// <param name="rehearsal">The rehearsal, in which something is declared.</param>
    /// <param name="figures">The figures of its requests.</param>
    /// <param name="faults">The faults of its versions.</param>
    /// <param name="config">Reads what the stack's file and the command line say.</param>
    /// <param name="declare">Evaluates the program with values over those; null where the page may not change settings.</param>
    public RehearsedPage(
        MeshRehearsal rehearsal, LiveFigures figures, FaultyPods faults, Func<EffectiveConfig> config, Func<IReadOnlyDictionary<string, string>, Task<Declaration>>? declare)
    {
        (_rehearsal, _figures, _faults, _config, _declare, _read) = (rehearsal, figures, faults, config, declare, config());
        figures.Ejected = NoteEjection;
        faults.Crash = rehearsal.Crash;
        rehearsal.PodsChanged += NotePods;
        NotePods();
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>The rollout that the page shows; null for none.</summary>
    public Func<ShownRollout?> Rollout { get; set; } = () => null;

    /// <summary>Takes the canary of a rollout back; null where there is no rollout.</summary>
    public Action? Abort { get; set; }

    /// <inheritdoc/>
    public Shown Describe()
    {
        var split = _rehearsal.Split;
        lock (_lock)
        {
            var canary = Here("canaryVersion");
            return new(_read.Stack, "this machine's rehearsal", _rehearsal.Gateway.ToString())
            {
                Can = Controls.Faults | Controls.Preview | (_declare is null ? Controls.None : Controls.Settings | Controls.Load) | (Abort is null ? Controls.None : Controls.Abort),
                Versions = [.. split.Versions.OrderBy(version => version.Name == canary).Select(version => new ShownVersion(
                    version.Name, version.Name == canary, version.Share, version.Mirror, Words(_faults.Of(version.Name))))],
                Known = [.. System.Text.Json.Nodes.JsonNode.Parse(Value(_read, "versions") is { Length: > 0 } versions ? versions : "{}")!.AsObject().Select(version => version.Key)],
                Pods = [.. _pods.Values.Select(pod => new ShownPod(
                    pod.Name,
                    pod.Labels.GetValueOrDefault(Names.AppLabel, ""),
                    split.VersionOf(pod.Labels),
                    _ejected.Any(ejected => ejected.Pod == pod.Name) ? "ejected" : pod.Phase.ToString().ToLowerInvariant(),
                    pod.Restarts))],
                Settings = [.. Keys.Select(key => new ShownSetting(key, Value(_read, key), Here(key)))],
                Load = _load?.Rate ?? 0,
                Changes = [.. _changes],
                Rollout = Rollout(),
            };
        }
    }

    /// <inheritdoc/>
    public async Task<string?> ObeyAsync(PageCommand command, CancellationToken cancellation)
    {
        switch (command)
        {
            case ChangeSettings change when _declare is not null:
                await ChangeAsync(change.Values);
                return null;
            case UndoSettings undo when _declare is not null:
                await UndoAsync(undo.All);
                return null;
            case SetFault fault:
                SetFault(fault);
                return null;
            case SetLoad load when _declare is not null:
                await SendAsync(load.Rate);
                return null;
            case SendPreview preview:
                return await AskAsync(preview.Version, cancellation);
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
    public Task<Applied> ApplyAsync(CancellationToken cancellation) => ApplyAsync(_over, cancellation);

    /// <summary>Notes that something happened that the page shows.</summary>
    public void Note(string kind, string text)
    {
        lock (_lock)
        {
            _changes.Enqueue(new(TimeProvider.System.GetUtcNow(), kind, text));
            if (_changes.Count > KeptChanges)
            {
                _changes.Dequeue();
            }
        }

        Changed?.Invoke();
    }

    /// <summary>Notes what was applied; the shares are counted anew.</summary>
    public void NoteApplied(Applied applied)
    {
        var read = _config();
        lock (_lock)
        {
            _read = read;
        }

        _figures.BeginSplit();
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
        _rehearsal.PodsChanged -= NotePods;
        await SendAsync(0);
        _client.Dispose();
        _applying.Dispose();
        _sending.Dispose();
    }

    private static string Value(EffectiveConfig config, string key) => config.Values.GetValueOrDefault($"{config.Project}:{key}", "");

    private static string? Words(VersionFault? fault) => fault switch
    {
        null => null,
        { Kind: FaultKind.Slow } => string.Create(CultureInfo.InvariantCulture, $"slow={fault.Delay.TotalMilliseconds:0}ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{fault.Kind.ToString().ToLowerInvariant()}={fault.Share * 100:0.###}%"),
    };

    private string Here(string key) => _over.GetValueOrDefault(key) ?? Value(_read, key);

    private async Task<Applied> ApplyAsync(Dictionary<string, string> over, CancellationToken cancellation)
    {
        await _applying.WaitAsync(cancellation);
        try
        {
            var applied = await _rehearsal.DeclareAsync(await _declare!(over), cancellation);
            lock (_lock)
            {
                _over = over;
            }

            NoteApplied(applied);
            return applied;
        }
        finally
        {
            _applying.Release();
        }
    }

    private async Task ChangeAsync(Dictionary<string, string> values)
    {
        if (values.Keys.FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
        {
            throw new UserException($"'{unknown}' is no setting of a rollout.", "the page", $"Those are {string.Join(", ", Keys)}.");
        }

        var before = _over;
        var over = new Dictionary<string, string>(before);
        foreach (var (key, value) in values)
        {
            over[key] = value;
            if (value == Value(_read, key))
            {
                over.Remove(key);
            }
        }

        await ApplyAsync(over, CancellationToken.None);
        lock (_lock)
        {
            _undone.Push(before);
        }

        Note("page", string.Join(", ", values.Select(value => $"{value.Key} {(value.Value.Length > 0 ? value.Value : "\"\"")}")));
    }

    private async Task UndoAsync(bool all)
    {
        Dictionary<string, string>? before;
        lock (_lock)
        {
            before = all || !_undone.TryPop(out var last) ? [] : last;
            if (all)
            {
                _undone.Clear();
            }
        }

        await ApplyAsync(before, CancellationToken.None);
        Note("page", all ? "as the stack's file says" : "the last change taken back");
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

    private async Task SendAsync(double rate)
    {
        if (rate is not (>= 0 and <= MostLoad))
        {
            throw new UserException("the rate is out of range.", "the page", $"Use up to {MostLoad} requests a second.");
        }

        // One after the other, or of two commands at once one would leave a sender that nobody ends.
        await _sending.WaitAsync();
        try
        {
            if (_load is { } before)
            {
                await before.End.CancelAsync();
                await before.Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                before.End.Dispose();
            }

            var end = new CancellationTokenSource();
            Load? load = rate == 0 ? null : new(rate, end, Pace.RunAsync(new(_rehearsal.Gateway, Requests: null, rate, Headers: []), stop => AnswerAsync(header: null, stop), _ => { }, TimeProvider.System, end.Token));
            lock (_lock)
            {
                _load = load;
            }
        }
        finally
        {
            _sending.Release();
        }

        Changed?.Invoke();
    }

    private async Task<string> AskAsync(string version, CancellationToken cancellation)
    {
        string header;
        lock (_lock)
        {
            header = Here("previewHeader");
        }

        if (header.Length == 0)
        {
            throw new UserException("no request can choose its version: previewHeader is empty.", "the page", "Set previewHeader first.");
        }

        if (version.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('-' or '.')))
        {
            throw new UserException($"'{version}' is no name of a version.", "the page", "Choose one that runs.");
        }

        var answer = await AnswerAsync((header, version), cancellation);
        return $"{header}: {version} → {answer.Status?.ToString(CultureInfo.InvariantCulture) ?? "no answer"} {answer.Text}".TrimEnd();
    }

    private async Task<WatchedAnswer> AnswerAsync((string Name, string Value)? header, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _rehearsal.Gateway);
        request.Headers.Host = _rehearsal.Host;
        if (header is { } given)
        {
            request.Headers.TryAddWithoutValidation(given.Name, given.Value);
        }

        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            return new(default, default, (int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException failure)
        {
            return new(default, default, null, failure.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(default, default, null, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    private void NotePods()
    {
        List<string> lines = [];
        lock (_lock)
        {
            var now = _rehearsal.Pods.ToDictionary(pod => pod.Name);
            lines.AddRange(now.Values.Where(pod => !_pods.TryGetValue(pod.Name, out var before) || (before.Phase, before.Restarts) != (pod.Phase, pod.Restarts))
                .Select(pod => $"{pod.Name} is {pod.Phase.ToString().ToLowerInvariant()}{(pod.Phase == PodPhase.Restarting ? $" (restart {pod.Restarts})" : "")}"));
            lines.AddRange(_pods.Keys.Except(now.Keys).Select(gone => $"{gone} is gone"));
            _ejected.RemoveWhere(ejected => !now.ContainsKey(ejected.Pod));
            _pods = now;
        }

        lines.ForEach(line => Note("pod", line));
    }

    private void NoteEjection(EjectionReport report)
    {
        lock (_lock)
        {
            _ = report.IsEjected ? _ejected.Add((report.Caller, report.Pod)) : _ejected.Remove((report.Caller, report.Pod));
        }

        Note("ejection", $"{report.Pod} is {(report.IsEjected ? "ejected" : "let in again")} by {report.Caller}");
    }

    /// <summary>The requests that the page itself sends.</summary>
    private sealed record Load(double Rate, CancellationTokenSource End, Task Sending);
}
