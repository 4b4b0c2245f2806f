using System.Collections.Immutable;
using System.Globalization;
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
            Idempotent($"{StickyCallers.RoutePrefix}{kept.Version}-idempotent", [To(kept.Version, 100)], fault: null, mirror: null, "cookie", Having(kept.Value)),
            Others($"{StickyCallers.RoutePrefix}{kept.Version}", [To(kept.Version, 100)], fault: null, "cookie", Having(kept.Value)),
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

    // A fault belongs to the whole route, so it can be meant for a version only where that one alone answers: beside a canary there is none.
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

/// <summary>
/// How a caller stays with the version that answered first: the answer of each version sets a cookie, and a route for each cookie stands
/// before the weights.
/// </summary>
/// <remarks>
/// The stable version's cookie holds at one weight alone: those who have it take part in the draw again when the weight rises, or a rollout
/// that is shorter than the cookie's life would reach new callers only. The canary's holds at every weight above 0. At 0 none does, and
/// every answer takes it away, so that a second try of the same canary begins with the weights, but for callers who were away meanwhile.
/// </remarks>
/// <param name="Kept">The versions whose callers stay, and the value of the cookie that keeps them, the canary first.</param>
/// <param name="Seconds">The life of a cookie from the answer that set it, in seconds; 0 takes it away.</param>
/// <param name="Stable">The version that takes it away.</param>
public sealed record StickyCallers(ImmutableArray<(string Version, string Value)> Kept, int Seconds, string Stable)
{
    /// <summary>How the names of the routes begin whose requests have a cookie.</summary>
    public const string RoutePrefix = "sticky-";

    /// <summary>The cookies of <paramref name="rollout"/>; null where callers do not stay.</summary>
    public static StickyCallers? For(RolloutSettings rollout) => rollout switch
    {
        { StickyMinutes: 0 } or { Canary: null } => null,
        { CanaryWeight: 0 } => new([], 0, rollout.Stable),
        { Canary: { } canary, CanaryWeight: 100 } => new([(canary, canary)], rollout.StickyMinutes * 60, rollout.Stable),
        { Canary: { } canary } => new([(canary, canary), (rollout.Stable, AtWeight(rollout))], rollout.StickyMinutes * 60, rollout.Stable),
    };

    /// <summary>What the answers of a version say in <c>set-cookie</c> (RFC 6265, section 4.1); null for nothing.</summary>
    /// <param name="version">The version that answers.</param>
    /// <param name="cookie">The cookie's name.</param>
    public string? SetBy(string version, string cookie) =>
        Kept.IsEmpty ? (version == Stable ? Text(cookie, "") : null)
        : Kept.FirstOrDefault(kept => kept.Version == version).Value is { } value ? Text(cookie, value) : null;

    /// <summary>The regular expression (RE2) that a request's header <c>cookie</c> matches as a whole if it has the cookie with that value.</summary>
    public static string Pattern(string cookie, string value) =>
        $"(.*; ?)?{cookie}={value.Replace(".", "[.]", StringComparison.Ordinal)}(;.*)?";

    // No version's name has a full stop.
    private static string AtWeight(RolloutSettings rollout) => string.Create(CultureInfo.InvariantCulture, $"{rollout.Stable}.{rollout.CanaryWeight}");

    // Not Secure: the gateway may serve HTTP, and the cookie is not secret. Scripts have no use for it.
    private string Text(string cookie, string value) => string.Create(CultureInfo.InvariantCulture, $"{cookie}={value}; Max-Age={Seconds}; Path=/; HttpOnly; SameSite=Lax");
}
