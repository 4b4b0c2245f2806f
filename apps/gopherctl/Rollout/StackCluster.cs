using System.ComponentModel;
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
            Interlocked.CompareExchange(ref _kubeconfig, new(text, TimeProvider.System), null);
        }

        return new(_kubeconfig, null);
    }

    [GeneratedRegex("--namespace (?<namespace>[^ ]+) port-forward (?<service>[^ ]+) [0-9]+:(?<port>[0-9]{1,5})$")]
    private static partial Regex Forward();
}

/// <summary>
/// The kubeconfig that a stack has as its output, in a file. Where kubectl would ask a command for a token at each call, as on EKS (<c>aws eks
/// get-token</c>, most of a second), the command is asked here, and its token serves every call; it is renewed when half of its time has passed.
/// </summary>
/// <param name="text">The kubeconfig; one that is no JSON stays as it is.</param>
/// <param name="time">The clock.</param>
internal sealed class StackKubeconfig(string text, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    // A call that begins with a token has to end with it.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly Lock _renewing = new();
    private Task<string> _renewal = Task.FromResult("");
    private Written _written = new(DateTimeOffset.MinValue, DateTimeOffset.MinValue, "");
    private DirectoryInfo? _folder;

    /// <summary>The file, with a token that is valid; where the command gives none, kubectl asks it itself and says why.</summary>
    /// <exception cref="UserException">It cannot be written.</exception>
    public async Task<string> FileAsync(CancellationToken cancellation)
    {
        Task<string> renewal;
        lock (_renewing)
        {
            if (_renewal.IsCompleted && time.GetUtcNow() >= _written.RenewAt)
            {
                _renewal = RenewAsync();
            }

            renewal = time.GetUtcNow() < _written.End ? Task.FromResult(_written.File) : _renewal;
        }

        return await renewal.WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder?.Delete(recursive: true);

    private async Task<string> RenewAsync()
    {
        var (now, config) = (time.GetUtcNow(), text.StartsWith('{') ? JsonNodes.Parsed(text, "pulumi stack output kubeconfig") : null);
        var (renewAt, last) = (now + Patience, DateTimeOffset.MaxValue);
        if (config.Items("users").ToList() is [{ } user] && user.At("user.exec") is { } command && (await AskAsync(command)).At("status") is { } given
            && given.Text("token") is { } token && given.Member("clientCertificateData") is null
            && DateTimeOffset.TryParse(given.Text("expirationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) && end - Margin > now)
        {
            user["user"] = new JsonObject { ["token"] = token };
            (renewAt, last) = (now + ((end - now) / 2), end - Margin);
        }

        try
        {
            // A folder for this user alone; and in one step, since another call may be reading the file.
            var file = Path.Combine((_folder ??= Directory.CreateTempSubdirectory("gopherctl")).FullName, "kubeconfig");
            await File.WriteAllTextAsync($"{file}.new", config?.ToJsonString() ?? text);
            File.Move($"{file}.new", file, overwrite: true);
            _written = new(renewAt, last, file);
            return file;
        }
        catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"the stack's kubeconfig cannot be written: {unwritten.Message}", Path.GetTempPath(), "Make room there.", ExitCode.NegativeVerdict);
        }
    }

    // As client-go asks it (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
    private static async Task<JsonNode?> AskAsync(JsonNode command)
    {
        var arguments = command.Items("args").Select(argument => argument.ToString());
        var start = new ProcessStartInfo(command.Text("command") ?? "", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in command.Items("env"))
        {
            start.Environment[variable.Text("name") ?? "_"] = variable.Text("value");
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = $$$"""{"apiVersion":"{{{command.Text("apiVersion")}}}","kind":"ExecCredential","spec":{"interactive":false}}""";
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            using var process = Process.Start(start)!;
            await using var end = patience.Token.Register(() => Kubectl.End(process));
            process.StandardInput.Close();
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await Task.WhenAll(output, errors, process.WaitForExitAsync());
            return process.ExitCode == 0 ? JsonNodes.Parsed(await output, start.FileName) : null;
        }
        catch (Exception unasked) when (unasked is Win32Exception or InvalidOperationException or UserException)
        {
            return null;
        }
    }

    private sealed record Written(DateTimeOffset RenewAt, DateTimeOffset End, string File);
}
