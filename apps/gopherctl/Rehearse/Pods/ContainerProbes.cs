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
