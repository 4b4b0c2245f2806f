using System.Diagnostics;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Routing;
using GopherMesh.DataPlane.Wire;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>
/// Sends copies of requests in the background: the caller's request neither waits for a copy nor fails with it.
/// A copy is made once the first host is chosen, so a request that finds none is not copied and a retry not copied again
/// (envoy router.cc, maybeDoShadowing); its body follows as it comes.
/// </summary>
internal static class MirrorSender
{
    public static void Send(ProxyServices services, Exchange exchange, MirrorCluster[] mirrors, RequestBody body)
    {
        foreach (var mirror in mirrors)
        {
            if (Chance.Hits(mirror.Percentage, services.Random)
                && exchange.Snapshot.Clusters.TryGetValue(mirror.Cluster, out var cluster)
                && cluster.Pick(null) is { } host)
            {
                services.Defects.Watch(SendCopyAsync(services, exchange, cluster, host, Copy(exchange, body)));
            }
        }
    }

    private static UpstreamRequest Copy(Exchange exchange, RequestBody body)
    {
        // Without Envoy's suffix -shadow of the host (istio features/pilot.go, DISABLE_SHADOW_HOST_SUFFIX).
        var headers = new HeaderDictionary();
        foreach (var (name, values) in exchange.Context.Request.Headers)
        {
            headers[name] = values;
        }

        // Copies are requests of the proxy's own, which adds its address.
        EdgeHeaders.AppendForwardedFor(headers, "127.0.0.1");
        return new(exchange.Method, exchange.PathAndQuery, headers, body.Fork(), Upgrade: null);
    }

    private static async Task SendCopyAsync(ProxyServices services, Exchange exchange, Cluster cluster, UpstreamHost host, UpstreamRequest copy)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(services.Stopping);
        limit.CancelAfter(Timers.Bounded((exchange.Route?.Action as ForwardAction)?.Timeout ?? TimeSpan.MaxValue));
        var client = host.ClientFor(exchange.IsHttp2);
        var startedAt = Stopwatch.GetTimestamp();
        var (outcome, status) = await TrySendAsync(cluster, host, client, copy, limit.Token);
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
        Cluster cluster, UpstreamHost host, IUpstreamClient client, UpstreamRequest copy, CancellationToken cancellation)
    {
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

            await using var answer = await client.SendAsync(copy, (_, _) => Task.CompletedTask, cancellation);
            status = answer.Status;
            await answer.Body.CopyToAsync(Stream.Null, cancellation);
            return (TryOutcome.Answered, status);
        }
        catch (OperationCanceledException)
        {
            return (entered ? TryOutcome.Timeout : TryOutcome.Overflow, status);
        }
        catch (UpstreamException failure)
        {
            return (failure.Kind == UpstreamFailureKind.Connect ? TryOutcome.ConnectFailure : TryOutcome.Reset, status);
        }
        catch (Exception failure) when (failure is IOException or MalformedMessageException or ObjectDisposedException)
        {
            return (TryOutcome.Reset, status);
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
