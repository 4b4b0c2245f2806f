using System.Collections.Immutable;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Infra.Conventions;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>A deployed stack: moved by <c>pulumi up</c>, counted by the proxies of gopher-requester.</summary>
internal sealed class PulumiTarget : IRolloutTarget
{
    private readonly string _stack;
    private readonly PulumiCli _pulumi;
    private readonly FileStream _lock;
    private CallingProxies? _proxies;
    private string? _kubeconfig;
    private int _update = -1;

    private PulumiTarget(string stack, PulumiCli pulumi, FileStream ownership) => (_stack, _pulumi, _lock) = (stack, pulumi, ownership);

    /// <inheritdoc/>
    public string Options => $"--stack {_stack}";

    /// <inheritdoc/>
    public string CountsFrom => "the counters of gopher-requester's proxies";

    /// <inheritdoc/>
    public ImmutableArray<string> Bounds => RequestCounts.Bounds;

    /// <summary>Port-forwards can fail one by one, so a version that answers little may just not be seen.</summary>
    public bool CountsAtOneInstant => false;

    /// <summary>Takes the stack for a rollout of this machine.</summary>
    /// <param name="stack">The stack's name.</param>
    /// <exception cref="UserException">There is no such stack, or another rollout on this machine has it.</exception>
    public static PulumiTarget Open(string stack)
    {
        var root = RepositoryRoot.Find();
        _ = EffectiveConfig.Read(root, stack, []);
        var folder = BuiltProgram.WriteProject(root);
        var path = Path.Combine(folder, $"rollout-{stack}.lock");
        try
        {
            // The system lets go of it with the process, however that ends.
            return new(stack, new PulumiCli(folder, stack), new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new UserException(
                $"another rollout of stack {stack} is running on this machine", path, "Wait for its end, or end it with Ctrl-C: it holds the weight and says how to go on.", ExitCode.NegativeVerdict);
        }
    }

    /// <summary>The newest updates in the stack's history, newest first.</summary>
    public Task<IReadOnlyList<StackUpdate>> HistoryAsync(int count, CancellationToken cancellation) => _pulumi.HistoryAsync(count, cancellation);

    /// <inheritdoc/>
    public Task<StackState> ReadAsync(CancellationToken cancellation) => Task.FromResult(StackState.Of(Config()));

    /// <inheritdoc/>
    public async Task DeployAsync(IReadOnlyList<ConfigChange> changes, string message, CancellationToken cancellation)
    {
        await _pulumi.UpAsync(changes, message, cancellation);
        _update = await LastUpdateAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task<string?> ForeignChangeAsync(StackState expected, CancellationToken cancellation)
    {
        if (StackState.Of(Config()) is var found && found != expected)
        {
            return $"somebody changed the configuration: it says {found}, this rollout left {expected}";
        }

        var newest = await _pulumi.HistoryAsync(1, cancellation);
        if (_update >= 0 && newest is [{ } update, ..] && update.Version != _update)
        {
            return $"somebody updated the stack (update {update.Version}: {update.Message})";
        }

        var weights = await WeightsAsync(cancellation);
        return weights.Length == 0 || weights.Contains(expected.Weight)
            ? null
            : $"somebody changed the weights on the cluster: the VirtualService gives {expected.Canary} {string.Join(" and ", weights)} %, the stack {expected.Weight} %; pulumi up --refresh takes it back";
    }

    /// <inheritdoc/>
    public async Task<Reading> CountsAsync(StackState state, CancellationToken cancellation)
    {
        var proxies = _proxies ??= await ProxiesAsync(cancellation);
        var at = TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch;
        var counts = await proxies.ReadAsync([state.Stable, state.Canary ?? ""], cancellation);
        return new(at, state.Weight, counts.GetValueOrDefault(state.Stable), counts.GetValueOrDefault(state.Canary ?? ""));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_proxies is not null)
        {
            await _proxies.DisposeAsync();
        }

        if (_kubeconfig is not null)
        {
            File.Delete(_kubeconfig);
        }

        await _lock.DisposeAsync();
    }

    private EffectiveConfig Config() => EffectiveConfig.Read(RepositoryRoot.Find(), _stack, []);

    private string Value(string key) => Config() is var config ? config.Values.GetValueOrDefault($"{config.Project}:{key}", "") : "";

    private async Task<int> LastUpdateAsync(CancellationToken cancellation) =>
        await _pulumi.HistoryAsync(1, cancellation) is [{ } newest, ..] ? newest.Version : -1;

    private async Task<CallingProxies> ProxiesAsync(CancellationToken cancellation) => new(
        await KubectlAsync(cancellation), Value("namespace"), Names.Requester, Names.Host(Names.Distributor, Value("namespace")));

    private async Task<Kubectl> KubectlAsync(CancellationToken cancellation)
    {
        if (Value("kubeContext") is { Length: > 0 } context)
        {
            return new(null, context);
        }

        if (_kubeconfig is null)
        {
            var outputs = await _pulumi.OutputsAsync(cancellation);
            if (!outputs.TryGetProperty("kubeconfig", out var kubeconfig) || kubeconfig.GetString() is not { Length: > 0 } text)
            {
                throw new UserException($"stack {_stack} has no output kubeconfig", "pulumi stack output", "Run pulumi up first.", ExitCode.NegativeVerdict);
            }

            // A temporary file of .NET is readable by this user alone; it goes with the rollout.
            var path = Path.GetTempFileName();
            await File.WriteAllTextAsync(path, text, cancellation);
            _kubeconfig = path;
        }

        return new(_kubeconfig, null);
    }

    // Every weight of the canary's subset in the VirtualService; the split stands there once for each kind of request.
    private async Task<int[]> WeightsAsync(CancellationToken cancellation)
    {
        var canary = StackState.Of(Config()).Canary;
        if (canary is null)
        {
            return [];
        }

        var kubectl = await KubectlAsync(cancellation);
        var text = await kubectl.RunAsync(
            ["--namespace", Value("namespace"), "get", "virtualservices.networking.istio.io", Names.Distributor, "--output", $"jsonpath={{range .spec.http[?(@.name!=\"preview-{canary}\")].route[?(@.destination.subset==\"{canary}\")]}}{{.weight}} {{end}}"],
            cancellation);
        return [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(weight => int.Parse(weight, provider: null)).Distinct()];
    }
}
