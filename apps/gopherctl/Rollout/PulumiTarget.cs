using System.Collections.Immutable;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Drift;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>A deployed stack: moved by <c>pulumi up</c>, counted by the proxies of those who call it.</summary>
internal sealed class PulumiTarget : IRolloutTarget
{
    // For what has to be put right after an interruption, which the interruption must not interrupt.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _stack;
    private readonly PulumiCli _pulumi;
    private readonly StackCluster _cluster;
    private readonly DeployedCounts _counts;
    private readonly Action<string> _note;
    private readonly StackHistory _history;
    private readonly CanaryCut _cut;

    private PulumiTarget(string stack, PulumiCli pulumi, Action<string> note)
    {
        (_stack, _pulumi, _note) = (stack, pulumi, note);
        Ownership = new(stack, pulumi.Folder);
        _cluster = new(stack, pulumi, Value);
        _history = new(pulumi, _cluster, Config, note);
        _counts = new(_cluster, note);
        _cut = new(_cluster, note);
    }

    /// <inheritdoc/>
    public string Options => $"--stack {_stack}";

    /// <inheritdoc/>
    public string CountsFrom => "the counters of the callers' proxies, read by kubectl port-forward, and on the stack's Prometheus while they cannot be read";

    /// <inheritdoc/>
    public ImmutableArray<string> Bounds => RequestCounts.Bounds;

    /// <summary>Port-forwards can fail one by one, so a version that answers little may just not be seen.</summary>
    public bool CountsAtOneInstant => false;

    /// <summary>Who moves the stack on this machine: to be taken before anything is changed.</summary>
    public StackOwnership Ownership { get; }

    /// <summary>Whether an update of this process has been started.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>A stack that others may have.</summary>
    /// <param name="stack">The stack's name.</param>
    /// <param name="note">Told what goes wrong and does not end the rollout.</param>
    /// <exception cref="UserException">There is no such stack.</exception>
    public static PulumiTarget Of(string stack, Action<string> note) => new(stack, BuiltProgram.PulumiFor(stack), note);

    /// <inheritdoc/>
    public Task<StackState> ReadAsync(CancellationToken cancellation) => Task.FromResult(StackState.Of(Config()));

    /// <inheritdoc/>
    public async Task DeployAsync(IReadOnlyList<ConfigChange> changes, string message, CancellationToken cancellation)
    {
        message = BuiltProgram.Marked(message);
        var before = StackState.Of(Config());
        var values = changes.Select(change => new ConfigChange(change.Key, Value(change.Key))).ToList();
        HasBegun = true;
        try
        {
            await _pulumi.UpAsync(changes, message, cancellation);
        }
        catch (Exception failed) when (failed is UserException or OperationCanceledException && changes.Count > 0)
        {
            await UndoAsync(before, values);
            throw;
        }

        _history.Updated(message);
    }

    /// <inheritdoc/>
    public bool BeginPromotion() => Ownership.BeginPromotion();

    /// <inheritdoc/>
    public Task<bool> CutAsync(CancellationToken cancellation) => _cut.MakeAsync(() => StackState.Of(Config()), cancellation);

    /// <summary>
    /// Finds the canary that a person wants back, and takes its requests at once where this clone's configuration knows it; else it is asked who has
    /// brought one.
    /// </summary>
    /// <param name="cancellation">Gives up asking.</param>
    /// <returns>What is in force, without a canary where there is none, and whether the canary gets no request any more.</returns>
    /// <exception cref="UserException">It cannot be told.</exception>
    public async Task<(StackState InForce, bool IsOut)> FindCanaryAsync(CancellationToken cancellation)
    {
        var configured = StackState.Of(Config());
        return await _cut.MakeAsync(() => configured, CancellationToken.None, isTold: false)
            ? (configured, true)
            : (await _history.InForceAsync(configured, cancellation), false);
    }

    /// <inheritdoc/>
    public Task TakeBackAsync(string message, CancellationToken cancellation) =>
        TakeBackAsync((StackState.Of(Config()), false), () => Task.FromResult<IReadOnlyList<ConfigChange>?>(RolloutPlan.Back), message, WaitOption.Usual, cancellation);

    /// <summary>Takes a canary back for a person, whose clone may not be the one that has brought it.</summary>
    /// <param name="found">What is in force, and whether the canary gets no request any more.</param>
    /// <param name="message">What the stack's history keeps of it.</param>
    /// <param name="longest">How long an update that has the stack's lock is waited for; the canary loses its requests as often as that one gives them back.</param>
    /// <param name="cancellation">Stops nothing: somebody who interrupts is told that the way back is finished first.</param>
    /// <exception cref="UserException">The update failed, the canary has been promoted meanwhile, or the update would also deploy something else.</exception>
    public Task TakeBackAsync((StackState InForce, bool IsOut) found, string message, TimeSpan longest, CancellationToken cancellation) =>
        TakeBackAsync(found, () => _history.BackAsync(found.InForce.Canary!, CancellationToken.None), message, longest, cancellation);

    /// <inheritdoc/>
    public Task<(Standing Standing, int InForce)> StandingAsync(StackState state, CancellationToken cancellation) => _history.StandingAsync(state, cancellation);

    /// <inheritdoc/>
    public Task<string?> ForeignChangeAsync(StackState expected, CancellationToken cancellation) => _history.ForeignChangeAsync(expected, cancellation);

    /// <inheritdoc/>
    public async Task<(string Found, IReadOnlyList<string> TakesBack)?> DriftAsync(CancellationToken cancellation) =>
        await ReportDriftAsync(cancellation) is { IsAny: true } drift ? ($"{drift.Summary(_stack)}: {drift.Sentence}", drift.TakesBack(_stack)) : null;

    /// <summary>What others changed of the stack, added to it, and put beside it.</summary>
    /// <exception cref="UserException">pulumi or the cluster cannot tell.</exception>
    public async Task<DriftReport> ReportDriftAsync(CancellationToken cancellation) =>
        await DriftReport.AskAsync(await _pulumi.RefreshPreviewAsync(cancellation), (arguments, input) => _cluster.AskAsync(arguments, input, cancellation));

    /// <inheritdoc/>
    public Task<CanaryPods?> PodsAsync(StackState next, CancellationToken cancellation) => _cluster.PodsAsync(next, cancellation);

    /// <inheritdoc/>
    public Task<Reading> CountsAsync(StackState state, CancellationToken cancellation) => _counts.ReadAsync(state, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Ownership.Dispose();
    }

    private async Task TakeBackAsync(
        (StackState InForce, bool IsOut) found, Func<Task<IReadOnlyList<ConfigChange>?>> back, string message, TimeSpan longest, CancellationToken cancellation)
    {
        // Half of it would leave the routes to one thing and the stack to another: whoever interrupts is told, and it is finished.
        var ((state, isOut), canary) = (found, found.InForce.Canary);
        await using var told = cancellation.Register(() => _note(
            $"{canary} is being taken back, and that is finished first. Ctrl-C again ends gopherctl at once: {canary} {(isOut ? "gets no request any more" : "may still get requests")}, the stack is not updated yet, and ./gopherctl rollout {Options} --abort finishes it"));
        isOut = isOut || await _cut.MakeAsync(() => state, CancellationToken.None);
        (HasBegun, var marked) = (true, BuiltProgram.Marked(message));
        try
        {
            await WayBack.WhenFreeAsync(
                async () =>
                {
                    var changes = await back();
                    isOut &= changes is not null;
                    await _pulumi.UpAsync(changes ?? throw WayBack.Promoted(canary!, Options), marked, CancellationToken.None);
                },
                async () => isOut = await _cut.MakeAsync(() => state, CancellationToken.None),
                longest,
                told => _note($"{told}{(isOut ? $"; {canary} gets no request meanwhile" : "")}. {PulumiCli.OfLockLeftBehind(_stack)}"));
        }
        catch (UserException failed) when (isOut)
        {
            throw new UserException(
                $"{failed.Message}\n{canary} gets no request any more, since the VirtualService on the cluster was changed first; but the stack has not been updated",
                failed.Where,
                $"{failed.Remedy} Or only finish the way back: ./gopherctl rollout {Options} --abort.",
                failed.Code);
        }
    }

    // `up -c` writes the configuration before it begins, and a failed update may have changed the weights already.
    private async Task UndoAsync(StackState before, List<ConfigChange> values)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var tried = StackState.Of(Config());
            if (values.Any(value => Value(value.Key) != value.Value))
            {
                await _pulumi.ConfigureAsync(values, patience.Token);
            }

            if (before.Canary is { } canary && tried.Weight > before.Weight && (await _cluster.WeightsAsync(canary, patience.Token)).Contains(tried.Weight))
            {
                var weight = Ownership.IsBackAsked ? 0 : before.Weight;
                await (await _cluster.SplitAsync(patience.Token)).GiveAsync(before, weight, patience.Token);
                _note($"the update had given {canary} {tried.Weight} % already: the VirtualService on the cluster is back at {weight} %");
            }
        }
        catch (Exception unable) when (unable is UserException or OperationCanceledException)
        {
            _note($"what was before ({before}) could not be put back: {unable.Message}");
        }
    }

    private EffectiveConfig Config() => EffectiveConfig.Read(RepositoryRoot.Find(), _stack, []);

    private string Value(string key) => Config().Value(key);
}
