using System.Diagnostics;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// The proxies of the pods that call the versions, each read through a port-forward of its own: no network policy and no mutual TLS stands
/// in between, and nothing has to be installed in the cluster. A pod that goes, goes out of the counts; a new one comes in.
/// </summary>
/// <param name="kubectl">Reaches the cluster.</param>
/// <param name="ns">The namespace of the callers.</param>
/// <param name="host">The fully qualified host that they call.</param>
internal sealed class CallingProxies(Kubectl kubectl, string ns, string host) : IAsyncDisposable
{
    // By it the pods that call versions ask their proxies to count them (infra/Gophers/ServiceVersion.cs).
    private const string CountsVersions = "proxy.istio.io/config";

    // The agent's port for Envoy's statistics (https://istio.io/latest/docs/ops/deployment/application-requirements/).
    private const int StatisticsPort = 15090;

    // By then a port-forward of a pod that answers has begun.
    private static readonly TimeSpan Started = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Relist = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
    private readonly Dictionary<string, (Process Process, int Port)> _forwards = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<string, Task<(Process Process, int Port)?>> _starting = [];
    private long _listed;

    /// <summary>Reads the counters of both versions by proxy.</summary>
    /// <param name="stable">The stable version.</param>
    /// <param name="canary">The canary.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>
    /// The counts by pod; null when no proxy counts that version. A proxy that counts stable and nothing of the canary has sent no request to it.
    /// </returns>
    /// <exception cref="UserException">The cluster does not answer.</exception>
    public async Task<(IReadOnlyDictionary<string, VersionCounts>? Stable, IReadOnlyDictionary<string, VersionCounts>? Canary)> ReadAsync(
        string stable, string canary, CancellationToken cancellation)
    {
        await TakeStartedAsync();
        if (_listed == 0 || Stopwatch.GetElapsedTime(_listed) > Relist || _forwards.Values.Any(forward => forward.Process.HasExited))
        {
            await ListAsync(cancellation);
        }

        var answers = await Task.WhenAll(_forwards.Select(async forward => (Pod: forward.Key, Text: await StatisticsAsync(forward.Value.Port, cancellation))));
        Dictionary<string, VersionCounts> stableCounts = [], canaryCounts = [];
        foreach (var (pod, text) in answers)
        {
            var (ofStable, ofCanary) = text is null ? (null, null) : (ProxyCounters.Of(text, host, stable), ProxyCounters.Of(text, host, canary));
            if (ofStable is { } counts)
            {
                stableCounts[pod] = counts;
                ofCanary ??= new(0, 0, new long[RequestCounts.Milliseconds.Length]);
            }

            if (ofCanary is { } tried)
            {
                canaryCounts[pod] = tried;
            }
        }

        return (stableCounts.Count > 0 ? stableCounts : null, canaryCounts.Count > 0 ? canaryCounts : null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await ((Task)Task.WhenAll(_starting.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var (process, _) in _forwards.Values.Concat(_starting.Values.Where(start => start.IsCompletedSuccessfully).Select(start => start.Result).OfType<(Process, int)>()))
        {
            Kubectl.End(process);
            process.Dispose();
        }

        _client.Dispose();
        _ending.Dispose();
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        var listed = JsonNodes.Parsed(
            await kubectl.RunAsync(["--namespace", ns, "get", "pods", "--field-selector", "status.phase=Running", "--output", "json"], cancellation), "kubectl get pods");
        List<string> pods = [.. listed.Items("items").Where(pod => pod.At("metadata.annotations")?[CountsVersions] is not null).Select(pod => pod.Text("metadata.name")!)];
        foreach (var (gone, forward) in _forwards.Where(forward => !pods.Contains(forward.Key) || forward.Value.Process.HasExited).ToList())
        {
            Kubectl.End(forward.Process);
            forward.Process.Dispose();
            _forwards.Remove(gone);
        }

        foreach (var pod in pods.Where(pod => !_forwards.ContainsKey(pod) && !_starting.ContainsKey(pod)))
        {
            _starting[pod] = kubectl.ForwardAsync(ns, $"pod/{pod}", StatisticsPort, _ending.Token);
        }

        // A pod that does not answer, as on a node that is gone, keeps nobody from the others.
        while (_forwards.Count == 0 && _starting.Count > 0)
        {
            await Task.WhenAny(Task.WhenAll(_starting.Values), Task.Delay(Started, cancellation));
            cancellation.ThrowIfCancellationRequested();
            await TakeStartedAsync();
        }

        _listed = Stopwatch.GetTimestamp();
    }

    private async Task TakeStartedAsync()
    {
        foreach (var (pod, start) in _starting.Where(start => start.Value.IsCompleted).ToList())
        {
            _starting.Remove(pod);
            if (await start is { } reached)
            {
                _forwards[pod] = reached;
            }
        }
    }

    private async Task<string?> StatisticsAsync(int port, CancellationToken cancellation)
    {
        try
        {
            return await _client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/stats/prometheus?filter=upstream_rq"), cancellation);
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException || (unreachable is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
