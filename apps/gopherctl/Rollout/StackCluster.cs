using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>The cluster of a deployed stack: reached as the stack's own provider reaches it, by <c>kubeContext</c> or the output <c>kubeconfig</c>.</summary>
/// <param name="stack">The stack's name.</param>
/// <param name="pulumi">Gives the outputs.</param>
/// <param name="setting">The stack's value of a setting.</param>
internal sealed partial class StackCluster(string stack, PulumiCli pulumi, Func<string, string> setting) : IAsyncDisposable
{
    private CallingProxies? _proxies;
    private PrometheusCounts? _prometheus;
    private string? _kubeconfig;
    private string? _host;
    private JsonElement? _outputs;

    /// <summary>Runs kubectl on the cluster.</summary>
    /// <param name="arguments">The command.</param>
    /// <param name="input">What it reads; null: nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserException">The cluster does not answer.</exception>
    public async Task<string> AskAsync(IReadOnlyList<string> arguments, string? input, CancellationToken cancellation) =>
        await (await KubectlAsync(cancellation)).RunAsync(arguments, cancellation, input);

    /// <summary>The weights in force.</summary>
    public async Task<DeployedSplit> SplitAsync(CancellationToken cancellation) => new(await KubectlAsync(cancellation), setting("namespace"));

    /// <summary>The canary's weight in force, for each route that has one.</summary>
    public async Task<int[]> WeightsAsync(string canary, CancellationToken cancellation) => await (await SplitAsync(cancellation)).WeightsAsync(canary, cancellation);

    /// <summary>The canary's pods, where an autoscaler has to bring them; null elsewhere.</summary>
    /// <exception cref="UserException">The cluster does not answer.</exception>
    public Task<CanaryPods?> PodsAsync(StackState next, CancellationToken cancellation) => CanaryPods.ReadAsync(() => KubectlAsync(cancellation), setting, next, cancellation);

    /// <summary>The proxies that call the versions.</summary>
    /// <param name="canary">The version on trial.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserException">The cluster does not answer, or splits no requests between versions.</exception>
    public async Task<CallingProxies> ProxiesAsync(string canary, CancellationToken cancellation) =>
        _proxies ??= new(await KubectlAsync(cancellation), setting("namespace"), await HostAsync(canary, cancellation));

    /// <summary>The stack's Prometheus; null where the stack has none (<c>observability</c>).</summary>
    /// <param name="canary">The version on trial.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserException">The cluster or the stack does not answer.</exception>
    public async Task<PrometheusCounts?> PrometheusAsync(string canary, CancellationToken cancellation)
    {
        // The stack's outputs are its own word on where it is: "kubectl --namespace NAMESPACE port-forward SERVICE PORT:PORT".
        if (_prometheus is null && await OutputAsync("observability", cancellation) is { ValueKind: JsonValueKind.Object } tools
            && tools.TryGetProperty("prometheus", out var line) && Forward().Match(line.GetString() ?? "") is { Success: true } forward)
        {
            var (kubectl, ns, service, port) = (
                await KubectlAsync(cancellation), forward.Groups["namespace"].Value, forward.Groups["service"].Value, int.Parse(forward.Groups["port"].ValueSpan, CultureInfo.InvariantCulture));
            _prometheus = new(await HostAsync(canary, cancellation), reach => kubectl.ForwardAsync(ns, service, port, reach));
        }

        return _prometheus;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_proxies is not null)
        {
            await _proxies.DisposeAsync();
        }

        _prometheus?.Dispose();
        if (_kubeconfig is not null)
        {
            File.Delete(_kubeconfig);
        }
    }

    private async Task<string> HostAsync(string canary, CancellationToken cancellation) =>
        _host ??= await (await SplitAsync(cancellation)).HostAsync(canary, cancellation) ?? throw new UserException(
            $"no VirtualService splits requests between {canary} and another version",
            $"namespace {setting("namespace")}",
            "Run pulumi up, and look at kubectl get virtualservices.",
            ExitCode.NegativeVerdict);

    private async Task<JsonElement?> OutputAsync(string name, CancellationToken cancellation) =>
        (_outputs ??= await pulumi.OutputsAsync(cancellation)).TryGetProperty(name, out var output) ? output : null;

    private async Task<Kubectl> KubectlAsync(CancellationToken cancellation)
    {
        if (setting("kubeContext") is { Length: > 0 } context)
        {
            return new(null, context);
        }

        if (_kubeconfig is null)
        {
            if (await OutputAsync("kubeconfig", cancellation) is not { } kubeconfig || kubeconfig.GetString() is not { Length: > 0 } text)
            {
                throw new UserException($"stack {stack} has no output kubeconfig", "pulumi stack output", "Run pulumi up first.", ExitCode.NegativeVerdict);
            }

            // A temporary file of .NET is readable by this user alone; it goes with the rollout. Looks during an update may come here at once.
            var path = Path.GetTempFileName();
            await File.WriteAllTextAsync(path, text, cancellation);
            if (Interlocked.CompareExchange(ref _kubeconfig, path, null) is not null)
            {
                File.Delete(path);
            }
        }

        return new(_kubeconfig, null);
    }

    [GeneratedRegex("--namespace (?<namespace>[^ ]+) port-forward (?<service>[^ ]+) [0-9]+:(?<port>[0-9]{1,5})$")]
    private static partial Regex Forward();
}
