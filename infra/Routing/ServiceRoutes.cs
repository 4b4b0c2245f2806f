using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Routing;

/// <summary>The routes to a service, in the order in which proxies try them.</summary>
/// <param name="host">The service's fully qualified host.</param>
/// <param name="timeouts">How long a caller waits.</param>
/// <param name="plan">Which version answers and which gets copies; null for a service without versions.</param>
/// <param name="behindTls">Whether requests come from a gateway whose load balancer has ended TLS.</param>
internal sealed class ServiceRoutes(string host, Timeouts timeouts, RoutingPlan? plan, bool behindTls)
{
    /// <summary>What a caller's proxy says itself when a version does not answer.</summary>
    private const int AbortStatus = 503;

    /// <summary>Preview routes first, then all other requests: those that may run twice, then the rest.</summary>
    public IReadOnlyList<HttpRouteArgs> All() => [.. Previews(), Idempotent(), Others()];

    // A tester sees what the version does: nothing is copied, and nothing is tried again that has run.
    private IEnumerable<HttpRouteArgs> Previews() => plan is { PreviewHeader: { } header }
        ? plan.Versions.Select(version => new HttpRouteArgs
        {
            Name = $"preview-{version}",
            Match = new HttpMatchRequestArgs { Headers = new InputMap<StringMatchArgs> { { header, new StringMatchArgs { Exact = version } } } },
            Route = To(new VersionShare(version, 100)),
            Headers = Scheme(),
            Fault = Fault(plan.FaultOf(version, chosen: true)),
            Timeout = timeouts.AllTries,
            Retries = Retries.OfOthers(),
        })
        : [];

    private HttpRouteArgs Idempotent() => new()
    {
        Name = plan is null ? "idempotent" : "split-idempotent",
        Match = new HttpMatchRequestArgs { Method = new StringMatchArgs { Regex = HttpMethods.Idempotent } },
        Route = Answering(),
        Headers = Scheme(),
        Fault = LiveFault(),
        Mirror = plan?.Mirror is { } mirror ? (Input<DestinationArgs>)Destination(mirror.Version) : null,
        MirrorPercentage = plan?.Mirror is { } copied ? (Input<PercentArgs>)Percent(copied.Percent) : null,
        Timeout = timeouts.AllTries,
        Retries = Retries.OfIdempotent(timeouts.OneTry),
    };

    // Never copied: what a request changes would change twice.
    private HttpRouteArgs Others() => new()
    {
        Name = plan is null ? "others" : "split",
        Route = Answering(),
        Headers = Scheme(),
        Fault = LiveFault(),
        Timeout = timeouts.AllTries,
        Retries = Retries.OfOthers(),
    };

    // The gateway sees plain HTTP and says so, which breaks redirects and secure cookies. It redirects what comes by port 80, so whatever
    // is routed came by HTTPS.
    private Input<HeadersArgs>? Scheme() => behindTls
        ? new HeadersArgs { Request = new HeaderOperationsArgs { Set = new InputMap<string> { ["x-forwarded-proto"] = "https" } } }
        : (Input<HeadersArgs>?)null;

    // A fault belongs to the whole route, so it can be meant for a version only where that one alone answers; settings refuse the rest.
    private Input<HttpFaultInjectionArgs>? LiveFault() =>
        plan?.Split.FirstOrDefault(share => share.Percent == 100) is { } only ? Fault(plan.FaultOf(only.Version, chosen: false)) : null;

    private static Input<HttpFaultInjectionArgs>? Fault(FaultSettings? fault) => fault is null ? (Input<HttpFaultInjectionArgs>?)null : new HttpFaultInjectionArgs
    {
        Delay = fault.DelayMs > 0 ? (Input<FaultDelayArgs>)new FaultDelayArgs { FixedDelay = $"{fault.DelayMs}ms", Percentage = Percent(fault.DelayPercent) } : null,
        Abort = fault.AbortPercent > 0 ? (Input<FaultAbortArgs>)new FaultAbortArgs { HttpStatus = AbortStatus, Percentage = Percent(fault.AbortPercent) } : null,
    };

    private static PercentArgs Percent(int value) => new() { Value = value };

    private HttpRouteDestinationArgs[] Answering() =>
        plan is null ? [new() { Destination = Destination(subset: null), Weight = 100 }] : [.. plan.Split.Select(To)];

    private HttpRouteDestinationArgs To(VersionShare share) => new() { Destination = Destination(share.Version), Weight = share.Percent };

    private DestinationArgs Destination(string? subset) =>
        subset is null ? new() { Host = host } : new() { Host = host, Subset = subset };
}
