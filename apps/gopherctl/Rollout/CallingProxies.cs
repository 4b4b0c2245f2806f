using System.Diagnostics;
using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// The proxies of the pods that call the versions, each read through a port-forward of its own: no network policy and no mutual TLS stands
/// in between, and nothing has to be installed in the cluster. A pod that goes, goes out of the counts; a new one comes in.
/// </summary>
/// <param name="kubectl">Reaches the cluster.</param>
/// <param name="ns">The namespace of the callers.</param>
/// <param name="caller">The label <c>app</c> of the callers.</param>
/// <param name="host">The fully qualified host that they call.</param>
internal sealed class CallingProxies(Kubectl kubectl, string ns, string caller, string host) : IAsyncDisposable
{
    // The agent's port for Envoy's statistics (https://istio.io/latest/docs/ops/deployment/application-requirements/).
    private const int StatisticsPort = 15090;

    private static readonly TimeSpan Relist = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
    private readonly Dictionary<string, (Process Process, int Port)> _forwards = [];
    private long _listed;

    /// <summary>Reads the counters of the versions by proxy.</summary>
    /// <param name="versions">The versions.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The counts by version, then by pod; a version of which no proxy counts anything is missing.</returns>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, VersionCounts>>> ReadAsync(
        IReadOnlyList<string> versions, CancellationToken cancellation)
    {
        if (_listed == 0 || Stopwatch.GetElapsedTime(_listed) > Relist || _forwards.Values.Any(forward => forward.Process.HasExited))
        {
            await ListAsync(cancellation);
        }

        var answers = await Task.WhenAll(_forwards.Select(async forward => (Pod: forward.Key, Text: await StatisticsAsync(forward.Value.Port, cancellation))));
        return versions
            .Select(version => (version, Counts: answers
                .Select(answer => (answer.Pod, Counts: answer.Text is { } text ? ProxyCounters.Of(text, host, version) : null))
                .Where(answer => answer.Counts is not null)
                .ToDictionary(answer => answer.Pod, answer => answer.Counts!.Value)))
            .Where(version => version.Counts.Count > 0)
            .ToDictionary(version => version.version, version => (IReadOnlyDictionary<string, VersionCounts>)version.Counts);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _forwards.Values)
        {
            Kubectl.End(process);
            process.Dispose();
        }

        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        var names = await kubectl.RunAsync(
            ["--namespace", ns, "get", "pods", "--selector", $"app={caller}", "--field-selector", "status.phase=Running", "--output", "jsonpath={.items[*].metadata.name}"],
            cancellation);
        var pods = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (gone, forward) in _forwards.Where(forward => !pods.Contains(forward.Key) || forward.Value.Process.HasExited).ToList())
        {
            Kubectl.End(forward.Process);
            forward.Process.Dispose();
            _forwards.Remove(gone);
        }

        var missing = pods.Where(pod => !_forwards.ContainsKey(pod)).ToList();
        var started = await Task.WhenAll(missing.Select(pod => kubectl.ForwardAsync(ns, pod, StatisticsPort, cancellation)));
        foreach (var (pod, forward) in missing.Zip(started))
        {
            if (forward is { } reached)
            {
                _forwards[pod] = reached;
            }
        }

        _listed = Stopwatch.GetTimestamp();
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
