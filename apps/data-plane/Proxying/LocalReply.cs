using GopherMesh.DataPlane.Observing;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>An answer that Envoy gives itself, with its words.</summary>
internal sealed record LocalReply(int Status, ResponseMarks Flags, string Body)
{
    private const string UpstreamError = "upstream connect error or disconnect/reset before headers. reset reason: ";

    public static LocalReply NoRoute { get; } = new(404, ResponseMarks.NoRouteFound, "");

    public static LocalReply NoCluster { get; } = new(503, ResponseMarks.NoClusterFound, "");

    public static LocalReply NoHealthyUpstream { get; } = new(503, ResponseMarks.NoHealthyUpstream, "no healthy upstream");

    public static LocalReply ConnectionFailure { get; } =
        new(503, ResponseMarks.UpstreamConnectionFailure, UpstreamError + "remote connection failure");

    public static LocalReply ConnectionTermination { get; } =
        new(503, ResponseMarks.UpstreamConnectionTermination, UpstreamError + "connection termination");

    public static LocalReply ProtocolError { get; } = new(502, ResponseMarks.UpstreamProtocolError, UpstreamError + "protocol error");

    public static LocalReply Overflow { get; } = new(503, ResponseMarks.UpstreamOverflow, UpstreamError + "overflow");

    public static LocalReply Timeout { get; } = new(504, ResponseMarks.UpstreamRequestTimeout, "upstream request timeout");

    public static LocalReply Aborted(int status) => new(status, ResponseMarks.FaultInjected, "fault filter abort");

    /// <summary>What a sidecar does with hosts that the mesh does not know: Istio would let them out, the rehearsal stays on loopback.</summary>
    public static LocalReply Outside(string authority) => new(
        502,
        ResponseMarks.NoRouteFound,
        $"{authority} is no declared Service: the rehearsal lets nothing out of the mesh (outboundTrafficPolicy REGISTRY_ONLY answers 502 too)");

    /// <summary>Tells the caller of a failure of the data plane itself; an answer that has begun is broken off.</summary>
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
        return context.Response.WriteAsync($"a defect of the data plane, and no answer of a service: {defect.GetType().Name}: {defect.Message}");
    }

    public Task SendAsync(Exchange exchange)
    {
        exchange.Flags |= Flags;
        var response = exchange.Context.Response;
        response.StatusCode = Status;
        response.Headers.Server = exchange.ServerName;
        if (Body.Length == 0)
        {
            return Task.CompletedTask;
        }

        response.ContentType = "text/plain";
        return response.WriteAsync(Body, exchange.Context.RequestAborted);
    }
}
