using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Routing;

/// <summary>The routes to a service, in the order in which proxies try them.</summary>
/// <param name="host">The service's fully qualified host.</param>
/// <param name="cookie">The name of the cookie that keeps a caller with a version.</param>
/// <param name="timeouts">How long a caller waits.</param>
/// <param name="plan">Which version answers and which gets copies; null for a service without versions.</param>
/// <param name="behindTls">Whether requests come from a gateway whose load balancer has ended TLS.</param>
internal sealed class ServiceRoutes(string host, string cookie, Timeouts timeouts, RoutingPlan? plan, bool behindTls)
{
    /// <summary>What a caller's proxy says itself when a version does not answer.</summary>
    private const int AbortStatus = 503;

    /// <summary>
    /// Preview routes first, then those of callers who stay with a version, then all other requests. Of the latter two, first what may run
    /// twice, then the rest.
    /// </summary>
    public IReadOnlyList<HttpRouteArgs> All() =>
    [
        .. Previews(),
        .. Sticky(),
        Idempotent(plan is null ? "idempotent" : "split-idempotent", Answering(), SplitFault(), plan?.Mirror),
        Others(plan is null ? "others" : "split", Answering(), SplitFault()),
    ];

    // A tester must see what the version itself does: no copies, and no retry of a request that a service has received.
    private IEnumerable<HttpRouteArgs> Previews() => plan is { PreviewHeader: { } header }
        ? plan.Versions.Select(version => Others(
            $"preview-{version}", [To(version, 100)], plan.FaultOf(version, chosen: true), header, new StringMatchArgs { Exact = version }))
        : [];

    // These callers have the cookie already, and its life is counted from the first answer.
    private IEnumerable<HttpRouteArgs> Sticky() => plan is { Sticky: { } sticky }
        ? sticky.Kept.SelectMany(kept => (HttpRouteArgs[])
        [
            Idempotent($"{StickyCallers.RoutePrefix}{kept.Version}-idempotent", [To(kept.Version, 100)], plan.FaultOf(kept.Version, chosen: false), mirror: null, "cookie", Having(kept.Value)),
            Others($"{StickyCallers.RoutePrefix}{kept.Version}", [To(kept.Version, 100)], plan.FaultOf(kept.Version, chosen: false), "cookie", Having(kept.Value)),
        ])
        : [];

    private HttpRouteArgs Idempotent(
        string name, HttpRouteDestinationArgs[] answering, FaultSettings? fault, VersionShare? mirror, string? header = null, StringMatchArgs? condition = null) => new()
        {
            Name = name,
            Match = new HttpMatchRequestArgs { Method = new StringMatchArgs { Regex = HttpMethods.Idempotent }, Headers = Headers(header, condition) },
            Route = answering,
            Headers = Scheme(),
            Fault = Fault(fault),
            Mirror = mirror is null ? null : (Input<DestinationArgs>)Destination(mirror.Version),
            MirrorPercentage = mirror is null ? null : (Input<PercentArgs>)Percent(mirror.Percent),
            Timeout = timeouts.AllTries,
            Retries = Retries.OfIdempotent(timeouts.OneTry),
        };

    // Never copied: what a request changes would change twice.
    private HttpRouteArgs Others(string name, HttpRouteDestinationArgs[] answering, FaultSettings? fault, string? header = null, StringMatchArgs? condition = null) => new()
    {
        Name = name,
        Match = header is null ? (InputList<HttpMatchRequestArgs>?)null : new HttpMatchRequestArgs { Headers = Headers(header, condition) },
        Route = answering,
        Headers = Scheme(),
        Fault = Fault(fault),
        Timeout = timeouts.AllTries,
        Retries = Retries.OfOthers(),
    };

    private StringMatchArgs Having(string value) => new() { Regex = StickyCallers.Pattern(cookie, value) };

    private static InputMap<StringMatchArgs>? Headers(string? header, StringMatchArgs? condition) =>
        header is null || condition is null ? null : new InputMap<StringMatchArgs> { { header, condition } };

    // The gateway sees plain HTTP and says so, which breaks redirects and secure cookies. It redirects what comes by port 80, so whatever
    // is routed came by HTTPS.
    private Input<HeadersArgs>? Scheme() => behindTls
        ? new HeadersArgs { Request = new HeaderOperationsArgs { Set = new InputMap<string> { ["x-forwarded-proto"] = "https" } } }
        : (Input<HeadersArgs>?)null;

    // A fault belongs to the whole route, so it can be meant for a version only where that one alone answers; settings refuse the rest.
    private FaultSettings? SplitFault() => plan?.Split.FirstOrDefault(share => share.Percent == 100) is { } only ? plan.FaultOf(only.Version, chosen: false) : null;

    private static Input<HttpFaultInjectionArgs>? Fault(FaultSettings? fault) => fault is null ? (Input<HttpFaultInjectionArgs>?)null : new HttpFaultInjectionArgs
    {
        Delay = fault.DelayMs > 0 ? (Input<FaultDelayArgs>)new FaultDelayArgs { FixedDelay = $"{fault.DelayMs}ms", Percentage = Percent(fault.DelayPercent) } : null,
        Abort = fault.AbortPercent > 0 ? (Input<FaultAbortArgs>)new FaultAbortArgs { HttpStatus = AbortStatus, Percentage = Percent(fault.AbortPercent) } : null,
    };

    private static PercentArgs Percent(int value) => new() { Value = value };

    private HttpRouteDestinationArgs[] Answering() => plan is null
        ? [new() { Destination = Destination(subset: null), Weight = 100 }]
        : [.. plan.Split.Select(share => To(share.Version, share.Percent, plan.Sticky?.SetBy(share.Version, cookie)))];

    private HttpRouteDestinationArgs To(string version, int percent, string? setCookie = null) => new()
    {
        Destination = Destination(version),
        Weight = percent,
        Headers = setCookie is null ? (Input<HeadersArgs>?)null : new HeadersArgs
        {
            Response = new HeaderOperationsArgs { Add = new InputMap<string> { ["set-cookie"] = setCookie } },
        },
    };

    private DestinationArgs Destination(string? subset) =>
        subset is null ? new() { Host = host } : new() { Host = host, Subset = subset };
}
