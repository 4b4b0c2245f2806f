using System.Globalization;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Carries one request to a cluster: tries hosts until one answers or the policy gives up (envoy source/common/router/router.cc).</summary>
internal sealed class Forwarding(ProxyServices services, Exchange exchange, ForwardAction action, WeightedCluster target, Cluster cluster)
{
    private RequestBody _body = null!;
    private bool _isRetry;

    public async Task RunAsync()
    {
        EditRequest();
        _body = await RequestBody.ReadAsync(exchange.Context);
        using var limit = action.Timeout is { } timeout ? new CancellationTokenSource(timeout) : null;
        List<UpstreamHost>? tried = null;
        while (cluster.Pick(action.Retries.AvoidPreviousHosts ? tried : null) is { } host)
        {
            var outcome = await TryAsync(host, limit?.Token ?? CancellationToken.None);
            if (outcome is TryOutcome.Answered or TryOutcome.CallerGone)
            {
                return;
            }

            exchange.Context.Response.Clear();
            if (!(outcome == TryOutcome.Discarded || (RetryDecision.Asks(action.Retries, outcome) && StartsRetry())) || !await PauseAsync(limit))
            {
                await ReplyFor(outcome, limit).SendAsync(exchange);
                return;
            }

            (tried ??= []).Add(host);
        }

        EndRetry();
        await LocalReply.NoHealthyUpstream.SendAsync(exchange);
    }

    /// <summary>Whether an answer is dropped in favour of a retry.</summary>
    public bool Discards(int status, string? grpcStatus) => RetryDecision.Asks(action.Retries, status, grpcStatus) && StartsRetry();

    /// <summary>Operations of the cluster come before the route's.</summary>
    public void EditResponse(IHeaderDictionary headers)
    {
        headers.Server = exchange.ServerName;
        HeaderEditor.Apply(target.Headers.Response, headers);
        HeaderEditor.Apply(exchange.Route!.Headers.Response, headers);
    }

    private void EditRequest()
    {
        var headers = exchange.Context.Request.Headers;
        HeaderEditor.Apply(target.Headers.Request, headers);
        HeaderEditor.Apply(exchange.Route!.Headers.Request, headers);
        if ((action.Authority ?? target.Headers.Request.Authority) is { } authority)
        {
            headers["x-envoy-original-host"] = exchange.Authority;
            headers.Host = authority;
        }

        if (action.Rewrite is { } rewrite)
        {
            headers["x-envoy-original-path"] = exchange.PathAndQuery;
            exchange.Path = rewrite.Apply(exchange.Path);
        }
    }

    private async Task<TryOutcome> TryAsync(UpstreamHost host, CancellationToken limit)
    {
        exchange.Host = host;
        exchange.Attempts++;
        // The destination's own proxy leaves it as it is (seen on Envoy by the differential tests).
        exchange.Context.Request.Headers["x-envoy-attempt-count"] = exchange.Attempts.ToString(CultureInfo.InvariantCulture);
        _body.Rewind(exchange.Context);
        if (exchange.Attempts == 1)
        {
            Mirroring.Send(services, exchange, action.Mirrors, _body);
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

    /// <summary>Takes one of the retries that are left; the last answer stands if there is none.</summary>
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

    /// <summary>False if the limit of the whole exchange is over before the pause is.</summary>
    private async Task<bool> PauseAsync(CancellationTokenSource? limit)
    {
        _isRetry = true;
        var pause = RetryDecision.Pause(action.Retries, exchange.Attempts, services.Random);
        try
        {
            await Task.Delay(pause, limit?.Token ?? CancellationToken.None);
            return true;
        }
        catch (OperationCanceledException)
        {
            EndRetry();
            return false;
        }
    }

    private static LocalReply ReplyFor(TryOutcome outcome, CancellationTokenSource? limit) => outcome switch
    {
        _ when limit?.IsCancellationRequested == true => LocalReply.Timeout,
        TryOutcome.ConnectFailure => LocalReply.ConnectionFailure,
        TryOutcome.ProtocolError => LocalReply.ProtocolError,
        TryOutcome.TryTimeout or TryOutcome.Timeout => LocalReply.Timeout,
        TryOutcome.Overflow => LocalReply.Overflow,
        _ => LocalReply.ConnectionTermination,
    };
}
