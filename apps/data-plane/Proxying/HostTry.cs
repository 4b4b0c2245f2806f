using System.Diagnostics;
using GopherMesh.DataPlane.Clusters;
using Yarp.ReverseProxy.Forwarder;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Sends a request to one host, within the limits of its cluster, and says how that ended.</summary>
internal sealed class HostTry(ProxyServices services, Exchange exchange, Forwarding forwarding, Cluster cluster, UpstreamHost host)
{
    /// <summary>Time limits are the route's alone: YARP's limit on silence is out of the way.</summary>
    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = TimeSpan.FromMilliseconds(int.MaxValue),
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task<TryOutcome> RunAsync(TimeSpan? perTryTimeout, CancellationToken limit)
    {
        using var tryLimit = perTryTimeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(limit);
        tryLimit?.CancelAfter(perTryTimeout!.Value);
        var cancellation = tryLimit?.Token ?? limit;
        try
        {
            if (!await cluster.Breaker.EnterAsync(cancellation))
            {
                return TryOutcome.Overflow;
            }
        }
        catch (OperationCanceledException)
        {
            return limit.IsCancellationRequested ? TryOutcome.Timeout : TryOutcome.TryTimeout;
        }

        return await SendAsync(tryLimit, limit, cancellation);
    }

    private async Task<TryOutcome> SendAsync(CancellationTokenSource? tryLimit, CancellationToken limit, CancellationToken cancellation)
    {
        var attempt = new Attempt(forwarding, exchange, tryLimit);
        host.Enter();
        try
        {
            var error = await services.Forwarder.SendAsync(exchange.Context, host.Address, host.Client, Config, attempt, cancellation);
            var outcome = attempt.WasDiscarded ? TryOutcome.Discarded
                : error == ForwarderError.None ? TryOutcome.Answered
                : Classify(error, attempt, tryLimit, limit);
            Report(outcome, attempt);
            return outcome;
        }
        finally
        {
            host.Leave();
            cluster.Breaker.Leave();
        }
    }

    private TryOutcome Classify(ForwarderError error, Attempt attempt, CancellationTokenSource? tryLimit, CancellationToken limit)
    {
        if (exchange.Context.RequestAborted.IsCancellationRequested)
        {
            return TryOutcome.CallerGone;
        }

        var failure = exchange.Context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (error == ForwarderError.RequestCreation)
        {
            throw new InvalidOperationException("The request to a host could not be written.", failure);
        }

        if (attempt.Status is not null)
        {
            // The answer has begun for Envoy; all that is left is to break it off.
            exchange.Context.Abort();
            return TryOutcome.Answered;
        }

        return (limit.IsCancellationRequested, tryLimit?.IsCancellationRequested) switch
        {
            (true, _) => TryOutcome.Timeout,
            (_, true) => TryOutcome.TryTimeout,
            _ => UpstreamFailure.Classify(error, failure),
        };
    }

    private void Report(TryOutcome outcome, Attempt attempt)
    {
        var status = outcome switch
        {
            TryOutcome.Timeout or TryOutcome.TryTimeout => 504,
            TryOutcome.ConnectFailure or TryOutcome.Reset or TryOutcome.ProtocolError => 503,
            _ => attempt.Status,
        };
        if (status is { } known)
        {
            cluster.Report(host, known);
        }

        if (outcome != TryOutcome.ConnectFailure)
        {
            var elapsed = Stopwatch.GetElapsedTime(attempt.StartedAt);
            services.Observer.OnRequest(exchange.DestinationReport(cluster, host, attempt.Status, elapsed, mirrored: false));
        }
    }
}
