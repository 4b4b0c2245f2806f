using GopherMesh.Gopherctl.Cli;
using GopherMesh.Infra.Conventions;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>The cluster of a deployed stack: reached as the stack's own provider reaches it, by <c>kubeContext</c> or the output <c>kubeconfig</c>.</summary>
/// <param name="stack">The stack's name.</param>
/// <param name="pulumi">Gives the outputs.</param>
/// <param name="setting">The stack's value of a setting.</param>
internal sealed class StackCluster(string stack, PulumiCli pulumi, Func<string, string> setting) : IAsyncDisposable
{
    private CallingProxies? _proxies;
    private string? _kubeconfig;

    /// <summary>The weights in force.</summary>
    public async Task<DeployedSplit> SplitAsync(CancellationToken cancellation) => new(await KubectlAsync(cancellation), setting("namespace"));

    /// <summary>The proxies that call the versions.</summary>
    public async Task<CallingProxies> ProxiesAsync(CancellationToken cancellation) => _proxies ??= new(
        await KubectlAsync(cancellation), setting("namespace"), Names.Requester, Names.Host(Names.Distributor, setting("namespace")));

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
    }

    private async Task<Kubectl> KubectlAsync(CancellationToken cancellation)
    {
        if (setting("kubeContext") is { Length: > 0 } context)
        {
            return new(null, context);
        }

        if (_kubeconfig is null)
        {
            var outputs = await pulumi.OutputsAsync(cancellation);
            if (!outputs.TryGetProperty("kubeconfig", out var kubeconfig) || kubeconfig.GetString() is not { Length: > 0 } text)
            {
                throw new UserException($"stack {stack} has no output kubeconfig", "pulumi stack output", "Run pulumi up first.", ExitCode.NegativeVerdict);
            }

            // A temporary file of .NET is readable by this user alone; it goes with the rollout.
            var path = Path.GetTempFileName();
            await File.WriteAllTextAsync(path, text, cancellation);
            _kubeconfig = path;
        }

        return new(_kubeconfig, null);
    }
}
