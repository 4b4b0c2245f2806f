using System.Text;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>An answer of Envoy itself, with Envoy's text.</summary>
/// <param name="Status">The status.</param>
/// <param name="Flags">What the access log says.</param>
/// <param name="Body">The text; empty for none.</param>
/// <param name="IsDestinations">In a mesh the destination's proxy sends it, so for the caller's proxy it is an answer like any other.</param>
internal sealed record LocalReply(int Status, ResponseMarks Flags, string Body, bool IsDestinations = false)
{
    private const string UpstreamError = "upstream connect error or disconnect/reset before headers. reset reason: ";

    public static LocalReply NoRoute { get; } = new(404, ResponseMarks.NoRouteFound, "");

    public static LocalReply NoCluster { get; } = new(503, ResponseMarks.NoClusterFound, "");

    public static LocalReply NoHealthyUpstream { get; } = new(503, ResponseMarks.NoHealthyUpstream, "no healthy upstream");

    public static LocalReply ConnectionFailure { get; } =
        new(503, ResponseMarks.UpstreamConnectionFailure, UpstreamError + "remote connection failure");

    public static LocalReply ConnectionTermination { get; } =
        new(503, ResponseMarks.UpstreamConnectionTermination, UpstreamError + "connection termination", IsDestinations: true);

    public static LocalReply ProtocolError { get; } = new(502, ResponseMarks.UpstreamProtocolError, UpstreamError + "protocol error", IsDestinations: true);

    public static LocalReply BadRequest { get; } = new(400, ResponseMarks.None, "Bad Request");

    public static LocalReply BadPath { get; } = new(400, ResponseMarks.None, "");

    public static LocalReply TooLarge { get; } = new(431, ResponseMarks.None, "Request Header Fields Too Large", IsDestinations: true);

    public static LocalReply Overflow { get; } = new(503, ResponseMarks.UpstreamOverflow, UpstreamError + "overflow");

    public static LocalReply Timeout { get; } = new(504, ResponseMarks.UpstreamRequestTimeout, "upstream request timeout");

    /// <summary>
    /// The answer to a path that a rewrite leaves without a slash. The destination's proxy refuses it: over HTTP/1.1 with a status, over
    /// HTTP/2 by closing the connection (seen on Envoy by the differential tests).
    /// </summary>
    public static LocalReply BadRewrite(bool isHttp2) => isHttp2 ? ConnectionTermination with { IsDestinations = false } : BadRequest with { IsDestinations = true };

    /// <summary>The answer after the last try failed.</summary>
    public static LocalReply For(TryOutcome outcome, bool isTimeout) => outcome switch
    {
        _ when isTimeout => Timeout,
        TryOutcome.ConnectFailure => ConnectionFailure,
        TryOutcome.ProtocolError => ProtocolError,
        TryOutcome.BrokenRequest => BadRequest,
        TryOutcome.TooLarge => TooLarge,
        TryOutcome.TryTimeout or TryOutcome.Timeout => Timeout,
        TryOutcome.Overflow => Overflow,
        _ => ConnectionTermination,
    };

    public static LocalReply Aborted(int status) => new(status, ResponseMarks.FaultInjected, "fault filter abort");

    /// <summary>What a sidecar does with hosts that the mesh does not know: Istio would forward the request, the rehearsal stays on loopback.</summary>
    public static LocalReply Outside(string authority) => new(
        502,
        ResponseMarks.NoRouteFound,
        $"{authority} is not a declared Service: the rehearsal lets nothing out of the mesh (outboundTrafficPolicy REGISTRY_ONLY answers 502 too)");

    /// <summary>Reports a failure of the data plane itself to the caller; an answer that has begun is aborted.</summary>
    public static Task SendDefectAsync(HttpContext context, Exception defect)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        context.Response.StatusCode = 500;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync($"a defect of the data plane, not an answer of a service: {defect.GetType().Name}: {defect.Message}");
    }

    public async Task SendAsync(Exchange exchange)
    {
        exchange.Flags |= Flags;
        var response = exchange.Context.Response;
        response.StatusCode = Status;
        if (Body.Length > 0)
        {
            response.ContentType = "text/plain";
        }

        exchange.FinishHeaders(IsDestinations);
        if (Body.Length == 0)
        {
            response.ContentType = StringValues.Empty;
        }
        else if (response.Headers.ContentType.Count == 0)
        {
            // What a route removes Envoy puts back: a text has a type (http utility.cc, prepareLocalReply).
            response.ContentType = "text/plain";
        }

        var body = Encoding.UTF8.GetBytes(Body);
        if (Status is not 204 and not 304)
        {
            response.ContentLength = body.Length;
        }

        await response.Body.WriteAsync(body, exchange.Context.RequestAborted);
        exchange.IsAnswered = true;
    }
}

/// <summary>Writes the Location of redirects (istio route.go, ApplyRedirect; envoy route_config_impl.cc, newUri).</summary>
internal static class Redirection
{
    /// <summary>To the same address on https (envoy http utility.cc, createSslRedirectPath).</summary>
    public static string ToHttps(Exchange exchange) => $"https://{exchange.Authority}{exchange.PathAndQuery}";

    /// <summary>To the requested URL itself.</summary>
    public static string ToItself(Exchange exchange) => $"{exchange.Scheme}://{exchange.Authority}{exchange.PathAndQuery}";

    public static string Location(RedirectAction action, Exchange request)
    {
        var redirect = action.Redirect;
        var scheme = redirect.Scheme.Length > 0 ? redirect.Scheme : request.Scheme;
        var path = redirect.Uri.Length > 0 ? redirect.Uri : action.Rewrite?.Apply(request.Path) ?? request.Path;
        var query = path.Contains('?', StringComparison.Ordinal) ? "" : request.QueryPart;
        return $"{scheme}://{HostAndPort(action, request, scheme)}{path}{query}";
    }

    private static string HostAndPort(RedirectAction action, IRouteRequest request, string scheme)
    {
        var redirect = action.Redirect;
        var host = redirect.Authority.Length > 0 ? redirect.Authority : WithoutDefaultPort(request, scheme);
        var port = redirect.KeepPort ? action.ListenPort : redirect.Port;
        return port is null || (port, scheme) is (80, "http") or (443, "https")
            ? host
            : $"{HostName.WithoutPort(host)}:{port}";
    }

    /// <summary>A change of scheme drops the old scheme's default port.</summary>
    private static string WithoutDefaultPort(IRouteRequest request, string scheme) => (request.Scheme, scheme) switch
    {
        ("http", "https") when request.Authority.EndsWith(":80", StringComparison.Ordinal) => request.Authority[..^3],
        ("https", "http") when request.Authority.EndsWith(":443", StringComparison.Ordinal) => request.Authority[..^4],
        _ => request.Authority,
    };
}

/// <summary>Delays and aborts before a request is forwarded; neither counts towards the route's timeout (envoy fault_filter.cc).</summary>
internal static class FaultInjector
{
    /// <summary>Waits for the delay, if this request gets one; returns the reply that ends the request, if it is aborted.</summary>
    public static async ValueTask<LocalReply?> InjectAsync(FaultInjection fault, Exchange exchange, IRandomSource random)
    {
        if (fault.Delay is { } delay && Chance.Hits(delay.Percentage, random))
        {
            exchange.Flags |= ResponseMarks.DelayInjected;
            await Task.Delay(Timers.Bounded(delay.FixedDelay), exchange.Context.RequestAborted);
        }

        return fault.Abort is { } abort && Chance.Hits(abort.Percentage, random) ? LocalReply.Aborted(abort.HttpStatus) : null;
    }
}
