using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>One try at one host, as YARP's forwarder carries it out: the target, and what becomes of the answer.</summary>
internal sealed class Attempt(Forwarding forwarding, Exchange exchange, CancellationTokenSource? tryLimit) : HttpTransformer
{
    private static readonly UriCreationOptions Raw = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public long StartedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>The answer's status; null as long as there is none.</summary>
    public int? Status { get; private set; }

    /// <summary>The answer was dropped in favour of a retry.</summary>
    public bool WasDiscarded { get; private set; }

    public static Uri TargetOf(Exchange exchange, string address) => new(address + exchange.PathAndQuery, Raw);

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        proxyRequest.RequestUri = TargetOf(exchange, destinationPrefix);
        var copied = base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        // YARP takes the header away with others that mean one connection only; of this one Envoy leaves what gRPC needs.
        if (httpContext.Request.Headers.TE.ToString().Contains("trailers", StringComparison.OrdinalIgnoreCase))
        {
            proxyRequest.Headers.TryAddWithoutValidation("te", "trailers");
        }

        return copied;
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        tryLimit?.CancelAfter(Timeout.InfiniteTimeSpan);
        Status = (int)proxyResponse.StatusCode;
        WasDiscarded = forwarding.Discards(Status.Value, GrpcStatus(proxyResponse));
        if (WasDiscarded)
        {
            return false;
        }

        await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        var elapsed = (long)Stopwatch.GetElapsedTime(StartedAt).TotalMilliseconds;
        httpContext.Response.Headers["x-envoy-upstream-service-time"] = elapsed.ToString(CultureInfo.InvariantCulture);
        forwarding.EditResponse(httpContext.Response.Headers);
        return true;
    }

    private static string? GrpcStatus(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("grpc-status", out var values) ? values.ToString() : null;
}
