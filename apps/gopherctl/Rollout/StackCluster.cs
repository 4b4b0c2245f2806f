using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>The cluster of a deployed stack: reached as the stack's own provider reaches it, by <c>kubeContext</c> or the output <c>kubeconfig</c>.</summary>
/// <param name="stack">The stack's name.</param>
/// <param name="pulumi">Gives the outputs.</param>
/// <param name="setting">The stack's value of a setting.</param>
internal sealed partial class StackCluster(string stack, PulumiCli pulumi, Func<string, string> setting) : IAsyncDisposable
{
    private CallingProxies? _proxies;
    private PrometheusCounts? _prometheus;
    private StackKubeconfig? _kubeconfig;
    private string? _host;
    private JsonElement? _outputs;

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
        _kubeconfig?.Dispose();
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

            // Looks during an update may come here at once.
            var written = new StackKubeconfig(text);
            if (Interlocked.CompareExchange(ref _kubeconfig, written, null) is not null)
            {
                written.Dispose();
            }
        }

        return new(null, null, _kubeconfig);
    }

    [GeneratedRegex("--namespace (?<namespace>[^ ]+) port-forward (?<service>[^ ]+) [0-9]+:(?<port>[0-9]{1,5})$")]
    private static partial Regex Forward();
}

/// <summary>
/// A stack's kubeconfig in a file that this user alone can read. Where it gets tokens by a command (<c>aws eks get-token</c> takes most of a second), that
/// runs once for each token, and not once for each call of kubectl
/// (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
/// </summary>
internal sealed class StackKubeconfig : IDisposable
{
    // Longer than a call of kubectl takes; a port-forward that is open stays so.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly string _file = Path.GetTempFileName();
    private readonly string _text;
    private DateTimeOffset _until;
    private bool _isPlain;

    /// <summary>Writes it.</summary>
    /// <param name="text">What the stack says.</param>
    public StackKubeconfig(string text) => File.WriteAllText(_file, _text = text);

    /// <summary>The file, with a token that holds; without one where kubectl is to run the command, and to say what is wrong with it.</summary>
    public async Task<string> FileAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (!_isPlain && _until < DateTimeOffset.UtcNow + Margin)
            {
                await RenewAsync(cancellation);
            }

            return _file;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_file);
        _one.Dispose();
    }

    private async Task RenewAsync(CancellationToken cancellation)
    {
        var (text, next) = (_text, Path.GetTempFileName());
        try
        {
            var config = JsonNodes.Parsed(_text, "pulumi stack output kubeconfig");
            var user = config.Items("users").Single();
            var status = JsonNodes.Parsed(await OutputAsync((JsonObject)user.At("user.exec")!, cancellation), "its command").At("status");
            _until = DateTimeOffset.Parse(status.Text("expirationTimestamp")!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            user["user"] = new JsonObject { ["token"] = status.Text("token") };
            text = config!.ToJsonString();
        }
        catch (Exception other) when (other is not OperationCanceledException)
        {
            // No command, one that fails, or certificates: kubectl sees to it, and says what is wrong.
            _isPlain = true;
        }

        // In one step: another kubectl may be reading it.
        await File.WriteAllTextAsync(next, text, CancellationToken.None);
        File.Move(next, _file, overwrite: true);
    }

    private static async Task<string> OutputAsync(JsonObject command, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command.Text("command")!, command.Texts("args")) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBERNETES_EXEC_INFO"] = $$$"""{"apiVersion": "{{{command.Text("apiVersion")}}}", "kind": "ExecCredential", "spec": {"interactive": false}}""";
        foreach (var variable in command.Items("env"))
        {
            start.Environment[variable.Text("name")!] = variable.Text("value");
        }

        using var process = Process.Start(start)!;
        await using var end = cancellation.Register(() => Kubectl.End(process));
        process.StandardInput.Close();
        return (await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation)))[0];
    }
}
