using System.Net;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>Runs the probes of a pod's container, from its start to its end.</summary>
internal sealed class ContainerProbes(ContainerSpec spec, ServiceProcess process, IReadOnlyDictionary<int, int> loopback, Action<bool> readinessChanged)
{
    /// <summary>Runs the probes until the process ends, or a probe demands its end.</summary>
    /// <returns>Why the container must be restarted.</returns>
    public async Task<string> WatchAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var probes = ProbeAsync(stop.Token);
        var ended = await Task.WhenAny(process.Exit, probes);
        var reason = ended == process.Exit ? $"ended with exit code {await process.Exit}" : await probes;
        await stop.CancelAsync();
        await ((Task)probes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return reason;
    }

    private async Task<string> ProbeAsync(CancellationToken cancellation)
    {
        if (spec.Startup is { } startup && !await FirstDecisionAsync(startup, cancellation))
        {
            return "did not start: its startup probe failed";
        }

        if (spec.Readiness is null)
        {
            readinessChanged(true);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var readiness = spec.Readiness is { } ready ? Worker(ready).RunAsync(readinessChanged, stop.Token) : Task.CompletedTask;
        try
        {
            await FirstFailureAsync(spec.Liveness, cancellation);
            return "was not alive: its liveness probe failed";
        }
        finally
        {
            await stop.CancelAsync();
            await readiness.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task<bool> FirstDecisionAsync(ProbeSpec probe, CancellationToken cancellation) => UntilAsync(probe, _ => true, cancellation);

    private Task FirstFailureAsync(ProbeSpec? probe, CancellationToken cancellation) =>
        probe is null ? Task.Delay(Timeout.Infinite, cancellation) : UntilAsync(probe, alive => !alive, cancellation);

    private async Task<bool> UntilAsync(ProbeSpec probe, Func<bool, bool> isWanted, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var decision = false;
        await Worker(probe).RunAsync(Decide, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return decision;

        void Decide(bool success)
        {
            if (!isWanted(success))
            {
                return;
            }

            decision = success;
            stop.Cancel();
        }
    }

    private ProbeWorker Worker(ProbeSpec probe) => new(probe, loopback.GetValueOrDefault(probe.Port, probe.Port));
}

/// <summary>Runs one httpGet probe as the kubelet does (k8s.io/kubernetes pkg/kubelet/prober/worker.go).</summary>
/// <param name="probe">The probe as declared.</param>
/// <param name="port">The loopback port of its container port.</param>
internal sealed class ProbeWorker(ProbeSpec probe, int port)
{
    // As the kubelet: a new connection for each probe, and past every proxy.
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    /// <summary>Probes until cancelled; calls back whenever the threshold of successes or of failures has been reached.</summary>
    public async Task RunAsync(Action<bool> decide, CancellationToken cancellation)
    {
        await Task.Delay(probe.InitialDelay, cancellation);
        var (last, inRow) = (false, 0);
        while (true)
        {
            var success = await TryAsync(cancellation);
            inRow = success == last ? inRow + 1 : 1;
            last = success;
            if (inRow >= (success ? probe.SuccessThreshold : probe.FailureThreshold))
            {
                decide(success);
            }

            await Task.Delay(probe.Period, cancellation);
        }
    }

    private async Task<bool> TryAsync(CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(probe.Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Substitutions.Address}:{port}{probe.Path}");
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.35");
        request.Headers.ConnectionClose = true;
        foreach (var (name, value) in probe.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await Client.SendAsync(request, timeout.Token);
            return response.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.BadRequest;
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }
}
