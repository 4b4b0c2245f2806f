using System.Diagnostics;
using System.Globalization;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Carries one request to a cluster: tries hosts until one answers or the policy gives up (envoy source/common/router/router.cc).</summary>
internal sealed class Forwarding(ProxyServices services, Exchange exchange, ForwardAction action, Cluster cluster) : IDisposable
{
    private readonly RequestBody _body = RequestBody.Of(exchange.Context);
    private bool _isRetry;

    private bool IsHttp2Upstream => cluster.Spec.Policy.ConnectionPool.SharesConnections || cluster.Spec.Protocol == PortProtocol.Http2;

    public async Task RunAsync()
    {
        EditRequest();
        using var limit = new CancellationTokenSource();
        LimitFromReceipt(limit, action.Timeout);
        await TryHostsAsync(limit);
    }

    public void Dispose() => _body.Dispose();

    /// <summary>The request as it goes to a host.</summary>
    public UpstreamRequest Request() => new(
        exchange.Method,
        exchange.PathAndQuery,
        exchange.Context.Request.Headers,
        _body.HasBody ? _body.SendToAsync : null,
        exchange.Upgrade?.Upgrade);

    /// <summary>Starts a timeout when the request has been received to its end, as Envoy does.</summary>
    public void LimitFromReceipt(CancellationTokenSource limit, TimeSpan? time)
    {
        if (time is not { } span)
        {
            return;
        }

        if (_body.Received.IsCompleted)
        {
            limit.CancelAfter(Timers.Bounded(span));
            return;
        }

        _body.Received.ContinueWith(
            _ => Timers.TryStart(limit, span), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Whether an answer is dropped in favour of a retry.</summary>
    public bool Discards(int status, string? grpcStatus)
    {
        var discards = RetryDecision.Asks(action.Retries, status, grpcStatus) && StartsRetry();
        if (!discards)
        {
            _body.Forget();
        }

        return discards;
    }

    private async Task TryHostsAsync(CancellationTokenSource limit)
    {
        List<UpstreamHost>? tried = null;
        while (cluster.Pick(action.Retries.AvoidPreviousHosts ? tried : null) is { } host)
        {
            if (!exchange.Path.StartsWith('/'))
            {
                exchange.TriedAt = Stopwatch.GetTimestamp();
                await LocalReply.BadRewrite(IsHttp2Upstream).SendAsync(exchange);
                return;
            }

            var outcome = await TryAsync(host, limit.Token);
            if (outcome == TryOutcome.CallerGone)
            {
                // A caller who has only ended its side would take an empty answer for the application's.
                exchange.Context.Abort();
            }

            if (outcome is TryOutcome.Answered or TryOutcome.CallerGone)
            {
                return;
            }

            if (!(outcome == TryOutcome.Discarded || (RetryDecision.Asks(action.Retries, outcome) && StartsRetry())) || !await PauseAsync(limit))
            {
                await LocalReply.For(outcome, limit.IsCancellationRequested).SendAsync(exchange);
                return;
            }

            (tried ??= []).Add(host);
        }

        EndRetry();
        await LocalReply.NoHealthyUpstream.SendAsync(exchange);
    }

    private void EditRequest()
    {
        var headers = exchange.Context.Request.Headers;
        var target = exchange.Target!;
        HeaderEditor.Apply(target.Headers.Request, headers);
        HeaderEditor.Apply(exchange.Route!.Headers.Request, headers);

        // HTTP/2, from the caller or between the proxies, joins several cookie lines to one (RFC 9113, section 8.2.3).
        if (headers.Cookie.Count > 1 && (exchange.IsHttp2 || IsHttp2Upstream))
        {
            headers.Cookie = string.Join("; ", headers.Cookie.OfType<string>());
        }

        if ((action.Authority ?? target.Headers.Request.Authority) is { } authority)
        {
            headers["x-envoy-original-host"] = exchange.Authority;
            headers.Host = authority;
        }

        if (action.Rewrite is { } rewrite)
        {
            headers["x-envoy-original-path"] = exchange.PathAndQuery;
            exchange.Path = RequestTarget.Normalize(rewrite.Apply(exchange.Path));
        }
    }

    private async Task<TryOutcome> TryAsync(UpstreamHost host, CancellationToken limit)
    {
        exchange.Host = host;
        exchange.Attempts++;
        exchange.TriedAt = Stopwatch.GetTimestamp();
        // The destination's own proxy does not change this header (seen on Envoy by the differential tests).
        exchange.Context.Request.Headers["x-envoy-attempt-count"] = exchange.Attempts.ToString(CultureInfo.InvariantCulture);
        if (exchange.Attempts == 1)
        {
            MirrorSender.Send(services, exchange, action.Mirrors, _body);
        }

        try
        {
            return await new HostTry(services, exchange, this, cluster, host).RunAsync(action.Retries.PerTryTimeout, limit);
        }
        finally
        {
            EndRetry();
        }
    }

    private void EndRetry()
    {
        if (_isRetry)
        {
            cluster.Breaker.EndRetry();
            _isRetry = false;
        }
    }

    /// <summary>Takes one of the retries that are left; if none is left, the last answer is final.</summary>
    private bool StartsRetry()
    {
        if (!_body.CanReplay)
        {
            return false;
        }

        if (exchange.Attempts > action.Retries.Attempts)
        {
            exchange.Flags |= action.Retries.Attempts > 0 ? ResponseMarks.UpstreamRetryLimitExceeded : ResponseMarks.None;
            return false;
        }

        return cluster.Breaker.TryStartRetry();
    }

    /// <summary>False if the timeout of the whole exchange ends before the pause.</summary>
    private async Task<bool> PauseAsync(CancellationTokenSource limit)
    {
        _isRetry = true;
        var pause = RetryDecision.Pause(action.Retries, exchange.Attempts, services.Random);
        try
        {
            await Task.Delay(Timers.Bounded(pause), limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            EndRetry();
            return false;
        }
    }
}
