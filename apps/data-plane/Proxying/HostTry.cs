using System.Diagnostics;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Sends a request to one host, within the limits of its cluster, and says how that ended.</summary>
internal sealed class HostTry(ProxyServices services, Exchange exchange, Forwarding forwarding, Cluster cluster, UpstreamHost host)
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private int? _status;

    public async Task<TryOutcome> RunAsync(TimeSpan? perTryTimeout, CancellationToken limit)
    {
        using var tryLimit = CancellationTokenSource.CreateLinkedTokenSource(limit, exchange.Context.RequestAborted);
        try
        {
            if (!await cluster.Breaker.EnterAsync(tryLimit.Token))
            {
                return TryOutcome.Overflow;
            }
        }
        catch (OperationCanceledException)
        {
            return exchange.CallerIsGone ? TryOutcome.CallerGone : limit.IsCancellationRequested ? TryOutcome.Timeout : TryOutcome.TryTimeout;
        }

        forwarding.LimitFromReceipt(tryLimit, perTryTimeout);
        return await SendAsync(tryLimit, limit);
    }

    private async Task<TryOutcome> SendAsync(CancellationTokenSource tryLimit, CancellationToken limit)
    {
        host.Enter();
        TryOutcome outcome;
        try
        {
            outcome = await CarryAsync(tryLimit);
        }
        catch (Exception failure) when (exchange.CallerIsGone || failure is UpstreamException or OperationCanceledException
            or MalformedMessageException or IOException)
        {
            outcome = Classify(failure, limit);
        }
        finally
        {
            host.Leave();
            cluster.Breaker.Leave();
        }

        Report(outcome);
        return outcome;
    }

    private async Task<TryOutcome> CarryAsync(CancellationTokenSource tryLimit)
    {
        await using var answer = await host.ClientFor(exchange.IsHttp2).SendAsync(forwarding.Request(), exchange.InformAsync, tryLimit.Token);
        tryLimit.CancelAfter(Timeout.InfiniteTimeSpan);
        _status = answer.Status;
        if (forwarding.Discards(answer.Status, answer.Headers["grpc-status"]))
        {
            return TryOutcome.Discarded;
        }

        await new AnswerRelay(exchange).RunAsync(answer, tryLimit.Token);
        return TryOutcome.Answered;
    }

    private TryOutcome Classify(Exception failure, CancellationToken limit)
    {
        if (exchange.CallerIsGone || failure is EndOfStreamException && _status is null)
        {
            return TryOutcome.CallerGone;
        }

        if (_status is not null)
        {
            // For Envoy the answer has begun, so it can only be aborted.
            exchange.Context.Abort();
            return TryOutcome.Answered;
        }

        return failure switch
        {
            OperationCanceledException => limit.IsCancellationRequested ? TryOutcome.Timeout : TryOutcome.TryTimeout,
            MalformedMessageException => TryOutcome.BrokenRequest,
            UpstreamException { Kind: UpstreamFailureKind.Connect } => TryOutcome.ConnectFailure,
            UpstreamException { Kind: UpstreamFailureKind.Protocol } => TryOutcome.ProtocolError,
            UpstreamException { Kind: UpstreamFailureKind.TooLarge } => TryOutcome.TooLarge,
            _ => TryOutcome.Reset,
        };
    }

    private void Report(TryOutcome outcome)
    {
        var status = outcome switch
        {
            TryOutcome.Timeout or TryOutcome.TryTimeout => 504,
            TryOutcome.ConnectFailure or TryOutcome.Reset or TryOutcome.ProtocolError => 503,
            _ => _status,
        };
        if (status is { } known)
        {
            cluster.Report(host, known);
        }

        if (outcome != TryOutcome.ConnectFailure)
        {
            var elapsed = Stopwatch.GetElapsedTime(_startedAt);
            services.Observer.OnRequest(exchange.DestinationReport(cluster, host, _status, elapsed, mirrored: false));
        }
    }
}
