using System.Diagnostics;
using System.Globalization;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;
using GopherMesh.DataPlane.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>One request on its way through one proxy.</summary>
internal sealed class Exchange : IRouteRequest
{
    public const string GatewayName = "istio-envoy";

    public const string SidecarName = "envoy";

    private readonly Proxy _proxy;
    private readonly bool _hasQuery;
    private readonly IInterimResponseFeature? _interim;
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public Exchange(Proxy proxy, HttpContext context, ProxySnapshot snapshot)
    {
        (_proxy, Context, Snapshot) = (proxy, context, snapshot);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        (Path, Query) = RequestTarget.Parse(target);
        _hasQuery = target.Contains('?', StringComparison.Ordinal);
        Method = context.Request.Method;
        IsHttp2 = HttpProtocol.IsHttp2(context.Request.Protocol);
        _interim = context.Features.Get<IInterimResponseFeature>();
        Upgrade = context.Features.Get<IConnectionUpgradeFeature>();
        Authority = context.Request.Headers.Host.ToString();
    }

    public HttpContext Context { get; }

    /// <summary>The rules that hold for this request to its end, whatever is applied meanwhile.</summary>
    public ProxySnapshot Snapshot { get; }

    /// <summary>The proxy's name in answers (istio networking/util/proxy_headers.go).</summary>
    public string ServerName => _proxy.IsGateway ? GatewayName : SidecarName;

    public string Method { get; }

    public string Scheme => Context.Request.Headers["x-forwarded-proto"].ToString();

    public string Authority { get; }

    public string Path { get; set; }

    public string Query { get; }

    public Route? Route { get; set; }

    /// <summary>The route's destination that was chosen at random.</summary>
    public WeightedCluster? Target { get; set; }

    public Cluster? Cluster { get; set; }

    public UpstreamHost? Host { get; set; }

    public ResponseMarks Flags { get; set; }

    public int Attempts { get; set; }

    /// <summary>When the last try began.</summary>
    public long TriedAt { get; set; }

    public bool CallerIsGone => Context.RequestAborted.IsCancellationRequested;

    /// <summary>The whole answer was sent: a caller who closes the connection after it has got it.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>The request has been received to its end.</summary>
    public bool IsRequestComplete => _interim?.IsRequestComplete ?? true;

    /// <summary>The protocol that the caller wants its connection to change to; null where there is none to change.</summary>
    public IConnectionUpgradeFeature? Upgrade { get; }

    public bool IsHttp2 { get; }

    public string PathAndQuery => Path + QueryPart;

    /// <summary>The query with its question mark, which stays even where nothing follows; empty where there is none.</summary>
    public string QueryPart => _hasQuery ? $"?{Query}" : "";

    public StringValues Header(string name) => Context.Request.Headers[name];

    /// <summary>Passes on an answer that comes before the real one.</summary>
    public Task InformAsync(int status, IHeaderDictionary headers) => _interim?.SendInterimAsync(status, headers) ?? Task.CompletedTask;

    /// <summary>
    /// Changes the headers of every answer before it is sent, also of Envoy's own answers: the operations of the destination, then those of the
    /// route (filter_manager.cc, finalizeResponseHeaders). The proxy always sets server and date itself.
    /// </summary>
    /// <param name="isOfDestination">The application's answer, or its proxy's.</param>
    public void FinishHeaders(bool isOfDestination)
    {
        var headers = Context.Response.Headers;

        // Envoy reports the time only for requests that it has received to their end (router.cc, onUpstreamHeaders).
        if (isOfDestination && IsRequestComplete)
        {
            var elapsed = (long)Stopwatch.GetElapsedTime(TriedAt).TotalMilliseconds;
            headers["x-envoy-upstream-service-time"] = elapsed.ToString(CultureInfo.InvariantCulture);
        }

        HeaderEditor.Apply(Target?.Headers.Response ?? HeaderChanges.None, headers);
        HeaderEditor.Apply(Route?.Headers.Response ?? HeaderChanges.None, headers);
        headers.Server = ServerName;
        if (headers.Date.Count == 0)
        {
            headers.Date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The report of the caller's side, once everything is over.</summary>
    public RequestReport SourceReport()
    {
        var gone = CallerIsGone && !IsAnswered;
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

    /// <summary>The report of the called pod's side, for a request or a copy; without a status the caller did not wait for the answer.</summary>
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
