using System.Net;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

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
