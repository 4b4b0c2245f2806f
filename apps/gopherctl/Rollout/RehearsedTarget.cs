using System.Collections.Immutable;
using System.Net;
using GopherMesh.DataPlane;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Rehearse.Faults;
using GopherMesh.Gopherctl.Rehearse.Verdict;
using GopherMesh.Gopherctl.Watch;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>A rehearsal of the stack on this machine, under a steady load: real processes, real HTTP, counted by the data plane.</summary>
internal sealed class RehearsedTarget : IRolloutTarget
{
    private readonly string _stack;
    private readonly Dictionary<string, string> _settings;
    private readonly NotedProgram _program = new();
    private readonly Action<string> _note;
    private readonly FaultyPods _faults;
    private readonly RequestCounts _counts;
    private readonly MeshRehearsal _rehearsal;
    private readonly CancellationTokenSource _stopping = new();
    // Each request is a new caller's, without a cookie of an earlier answer.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private RehearsedPage? _page;
    private Task _load = Task.CompletedTask;
    private int _sent;
    private int _failed;

    private RehearsedTarget(string stack, IEnumerable<string> settings, MeshRehearsal rehearsal, RequestCounts counts, FaultyPods faults, Action<string> note)
    {
        (_stack, _rehearsal, _counts, _faults, _note) = (stack, rehearsal, counts, faults, note);
        _settings = settings.Select(setting => setting.Split('=', 2)).ToDictionary(setting => setting[0], setting => setting.ElementAtOrDefault(1) ?? "");
    }

    /// <inheritdoc/>
    public string Options => $"--rehearse --stack {_stack}";

    /// <inheritdoc/>
    public string CountsFrom => "the rehearsal's data plane";

    /// <inheritdoc/>
    public ImmutableArray<string> Bounds => RequestCounts.Bounds;

    /// <inheritdoc/>
    public bool CountsAtOneInstant => true;

    /// <summary>The requests that callers sent, and those of them that failed.</summary>
    public (int Sent, int Failed) Callers => (Volatile.Read(ref _sent), Volatile.Read(ref _failed));

    /// <summary>The rehearsal as its page shows it.</summary>
    public RehearsedPage Page => _page ?? throw new InvalidOperationException("nothing has been deployed yet");

    /// <summary>Starts what the stack declares now, and the load.</summary>
    /// <param name="stack">The stack's name.</param>
    /// <param name="settings">Values over the stack's own, as <c>key=value</c>.</param>
    /// <param name="canary">The version that a fault concerns.</param>
    /// <param name="fault">What is wrong with it; null: nothing.</param>
    /// <param name="rate">Requests a second.</param>
    /// <param name="note">Takes what a person should know of the stack.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserException">The stack cannot be rehearsed.</exception>
    public static async Task<RehearsedTarget> StartAsync(
        string stack, IEnumerable<string> settings, string canary, VersionFault? fault, double rate, Action<string> note, CancellationToken cancellation)
    {
        var (counts, figures) = (new RequestCounts(), new LiveFigures(TimeProvider.System));
        var faults = new FaultyPods();
        faults.Set(canary, fault);
        var rehearsal = await MeshRehearsal.StartAsync(new DataPlaneOptions { Observer = new Observers(counts, figures) }, faults, cancellation);
        var target = new RehearsedTarget(stack, settings, rehearsal, counts, faults, note);
        try
        {
            await target.DeployAsync([], "", cancellation);
            target._page = new(rehearsal, figures, faults, target.Config, declare: null);
            target._load = target.SendAsync(rate);
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<StackState> ReadAsync(CancellationToken cancellation) => Task.FromResult(StackState.Of(Config()));

    /// <inheritdoc/>
    public async Task DeployAsync(IReadOnlyList<ConfigChange> changes, string message, CancellationToken cancellation)
    {
        foreach (var change in changes)
        {
            _settings[change.Key] = change.Value;
        }

        var applied = await _rehearsal.DeclareAsync(await _program.DeclareAsync(Config(), _note), cancellation);
        _page?.NoteApplied(applied);
        applied.OrThrow();
    }

    /// <summary>Nobody else reaches a rehearsal.</summary>
    public bool BeginPromotion() => true;

    /// <summary>An update takes no longer here.</summary>
    public Task<bool> CutAsync(CancellationToken cancellation) => Task.FromResult(false);

    /// <inheritdoc/>
    public Task TakeBackAsync(string message, CancellationToken cancellation) => DeployAsync(RolloutPlan.Back, message, cancellation);

    /// <inheritdoc/>
    public Task<(Standing Standing, int InForce)> StandingAsync(StackState state, CancellationToken cancellation) => Task.FromResult((Standing.Deployed, state.Weight));

    /// <inheritdoc/>
    public Task<string?> ForeignChangeAsync(StackState expected, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <summary>Nobody else reaches a rehearsal.</summary>
    public Task<(string Found, IReadOnlyList<string> TakesBack)?> DriftAsync(CancellationToken cancellation) => Task.FromResult<(string, IReadOnlyList<string>)?>(null);

    /// <summary>A rehearsal does not scale.</summary>
    public Task<CanaryPods?> PodsAsync(StackState next, CancellationToken cancellation) => Task.FromResult<CanaryPods?>(null);

    /// <inheritdoc/>
    public async Task<Reading> CountsAsync(StackState state, CancellationToken cancellation)
    {
        if (_rehearsal.Defect.IsFaulted)
        {
            await _rehearsal.Defect;
        }

        Dictionary<string, VersionCounts> Source(string version, bool copies) => new() { [""] = _counts.Of(version, copies) };
        return new(
            TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch,
            state.Weight,
            Source(state.Stable, copies: false),
            Source(state.Canary ?? "", copies: state.Weight == 0));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _load.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_page is not null)
        {
            await _page.DisposeAsync();
        }

        await _faults.DisposeAsync();
        await _rehearsal.DisposeAsync();
        _client.Dispose();
        _stopping.Dispose();
    }

    private EffectiveConfig Config() =>
        EffectiveConfig.Read(RepositoryRoot.Find(), _stack, _settings.Select(setting => $"{setting.Key}={setting.Value}"));

    private Task SendAsync(double rate) => Pace.RunAsync(
        new(_rehearsal.Gateway, Requests: null, rate, Headers: []), AskAsync, Count, TimeProvider.System, _stopping.Token);

    private async Task<WatchedAnswer> AskAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _rehearsal.Gateway);
        request.Headers.Host = _rehearsal.Host;
        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            return new(default, default, (int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException failure)
        {
            return new(default, default, null, failure.Message);
        }
    }

    private void Count(WatchedAnswer answer)
    {
        _sent++;
        _failed += answer.Status == (int)HttpStatusCode.OK ? 0 : 1;
    }
}
