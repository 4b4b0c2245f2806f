using System.Diagnostics;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>
/// Sends copies of requests and forgets about them: whatever becomes of a copy, the caller's request neither waits for it nor fails.
/// A copy is made once the first host is chosen, so a request that finds none is not copied and a retry not copied again
/// (envoy router.cc, maybeDoShadowing).
/// </summary>
internal static class Mirroring
{
    public static void Send(ProxyServices services, Exchange exchange, MirrorCluster[] mirrors, RequestBody body)
    {
        foreach (var mirror in mirrors)
        {
            if (Chance.Hits(mirror.Percentage, services.Random)
                && body.CanReplay
                && exchange.Snapshot.Clusters.TryGetValue(mirror.Cluster, out var cluster)
                && cluster.Pick(null) is { } host)
            {
                services.Defects.Watch(SendCopyAsync(services, exchange, cluster, host, Copy(exchange, host, body)));
            }
        }
    }

    private static HttpRequestMessage Copy(Exchange exchange, UpstreamHost host, RequestBody body)
    {
        var copy = new HttpRequestMessage(new(exchange.Method), Attempt.TargetOf(exchange, host.Address)) { Content = body.ToContent() };
        var copied = HttpTransformer.Empty.TransformRequestAsync(exchange.Context, copy, host.Address, CancellationToken.None);
        Debug.Assert(copied.IsCompletedSuccessfully, "The live request may be over before an asynchronous copy of its headers is.");

        // Without Envoy's suffix -shadow (istio features/pilot.go, DISABLE_SHADOW_HOST_SUFFIX).
        copy.Headers.Host = exchange.Context.Request.Headers.Host.ToString();

        // Copies are requests of the proxy's own, which adds its address.
        copy.Headers.TryAddWithoutValidation("x-forwarded-for", "127.0.0.1");
        return copy;
    }

    private static async Task SendCopyAsync(ProxyServices services, Exchange exchange, Cluster cluster, UpstreamHost host, HttpRequestMessage copy)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(services.Stopping);
        limit.CancelAfter((exchange.Route?.Action as ForwardAction)?.Timeout ?? Timeout.InfiniteTimeSpan);
        var startedAt = Stopwatch.GetTimestamp();
        var (outcome, status) = await TrySendAsync(cluster, host, copy, limit.Token);
        if (outcome == TryOutcome.Overflow)
        {
            return;
        }

        cluster.Report(host, status ?? (outcome == TryOutcome.Timeout ? 504 : 503));
        if (outcome != TryOutcome.ConnectFailure)
        {
            services.Observer.OnRequest(exchange.DestinationReport(cluster, host, status, Stopwatch.GetElapsedTime(startedAt), mirrored: true));
        }
    }

    private static async Task<(TryOutcome Outcome, int? Status)> TrySendAsync(
        Cluster cluster, UpstreamHost host, HttpRequestMessage copy, CancellationToken cancellation)
    {
        using var sent = copy;
        var entered = false;
        int? status = null;
        host.Enter();
        try
        {
            entered = await cluster.Breaker.EnterAsync(cancellation);
            if (!entered)
            {
                return (TryOutcome.Overflow, null);
            }

            using var answer = await host.Client.SendAsync(copy, cancellation);
            status = (int)answer.StatusCode;
            await answer.Content.CopyToAsync(Stream.Null, cancellation);
            return (TryOutcome.Answered, status);
        }
        catch (OperationCanceledException)
        {
            return (entered ? TryOutcome.Timeout : TryOutcome.Overflow, status);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or ObjectDisposedException)
        {
            return (UpstreamFailure.Classify(failure), status);
        }
        finally
        {
            host.Leave();
            if (entered)
            {
                cluster.Breaker.Leave();
            }
        }
    }
}
