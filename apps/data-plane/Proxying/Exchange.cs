using System.Diagnostics;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>One request on its way through one proxy.</summary>
internal sealed class Exchange : IRouteRequest
{
    private readonly Proxy _proxy;
    private readonly bool _hasQuery;
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public Exchange(Proxy proxy, HttpContext context, ProxySnapshot snapshot)
    {
        (_proxy, Context, Snapshot) = (proxy, context, snapshot);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        (Path, Query) = RequestTarget.Parse(target);
        _hasQuery = target.Contains('?', StringComparison.Ordinal);
        Method = context.Request.Method;
        Authority = context.Request.Headers.Host.ToString();
    }

    public HttpContext Context { get; }

    /// <summary>The rules that hold for this request to its end, whatever is applied meanwhile.</summary>
    public ProxySnapshot Snapshot { get; }

    /// <summary>What the proxy calls itself in answers (istio networking/util/proxy_headers.go).</summary>
    public string ServerName => _proxy.IsGateway ? "istio-envoy" : "envoy";

    public string Method { get; }

    public string Scheme => Context.Request.Headers["x-forwarded-proto"].ToString();

    public string Authority { get; }

    public string Path { get; set; }

    public string Query { get; }

    public Route? Route { get; set; }

    public Cluster? Cluster { get; set; }

    public UpstreamHost? Host { get; set; }

    public ResponseMarks Flags { get; set; }

    public int Attempts { get; set; }

    /// <summary>A question mark stays even where nothing follows.</summary>
    public string PathAndQuery => _hasQuery ? $"{Path}?{Query}" : Path;

    public StringValues Header(string name) => Context.Request.Headers[name];

    /// <summary>The report of the caller's side, once everything is over.</summary>
    public RequestReport SourceReport()
    {
        var gone = Context.RequestAborted.IsCancellationRequested;
        return new()
        {
            Reporter = Reporter.Source,
            Source = _proxy.Identity,
            DestinationHost = Cluster?.Spec.Host,
            Subset = Cluster?.Spec.Subset,
            Destination = Host?.Endpoint.Pod,
            VirtualService = Route?.VirtualService?.ToString(),
            RouteName = Route?.Name,
            StatusCode = gone ? 0 : Context.Response.StatusCode,
            Flags = gone ? Flags | ResponseMarks.DownstreamConnectionTermination : Flags,
            Duration = Stopwatch.GetElapsedTime(_startedAt),
            Attempts = Attempts,
        };
    }

    /// <summary>The report of the side of a pod that got the request, or a copy of it; without a status its caller did not wait for one.</summary>
    public RequestReport DestinationReport(Cluster cluster, UpstreamHost host, int? status, TimeSpan duration, bool mirrored) => new()
    {
        Reporter = Reporter.Destination,
        Source = _proxy.Identity,
        DestinationHost = cluster.Spec.Host,
        Subset = cluster.Spec.Subset,
        Destination = host.Endpoint.Pod,
        StatusCode = status ?? 0,
        Flags = status is null ? ResponseMarks.DownstreamConnectionTermination : ResponseMarks.None,
        Duration = duration,
        Mirrored = mirrored,
    };
}
