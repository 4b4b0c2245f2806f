using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential.Cases;

/// <summary>No pods, timeouts and retries. The echo fails the first tries of a probe, and so late, as the probe asks it to.</summary>
internal static class FailureCases
{
    // Of infra/Istio/TrafficPolicies.cs; that the stack declares them the routes of OwnRoutes show.
    private const string OnIdempotent = "connect-failure,refused-stream,reset,503";

    private const string OnOthers = "connect-failure,refused-stream,reset-before-request";

    public static IEnumerable<RoutingCase> All() => [.. NoPods(), .. Timeouts(), .. Retries()];

    private static IEnumerable<RoutingCase> NoPods() =>
    [
        new("no-pods", To("none"), new Probe()),
        new("undeclared-subset", To("undeclared"), new Probe()),
    ];

    private static IEnumerable<RoutingCase> Timeouts() =>
    [
        new("timeout", To("v1", "timeout: 500ms,"), Slow(3000) with { AtLeast = 500 }),
        new("in-time", To("v1", "timeout: 30s,"), Slow(100) with { AtLeast = 100 }),
        new("try-timeout", To("v1", "timeout: 30s, retries: { attempts: 1, perTryTimeout: 500ms, retryOn: reset },"),
            Slow(3000) with { AtLeast = 1000 }),
    ];

    private static IEnumerable<RoutingCase> Retries() =>
    [
        new("no-retries", Retrying("attempts: 0"), With("x-status: 503"), With("x-status: 500")),
        new("retry-5xx", Retrying("attempts: 2, retryOn: 5xx"), FailFirst(2), FailFirst(3), With("x-status: 404"), With("x-status: 500")),
        new("retry-status", Retrying("attempts: 1, retryOn: '503'"), FailFirst(1), With("x-status: 500")),
        new("retry-by-default", To("v1"), FailFirst(1), With("x-status: 500")),
        new("retry-idempotent", Retrying($"attempts: 2, retryOn: '{OnIdempotent}'"),
            FailFirst(1), FailFirst(2), FailFirst(3), With("x-status: 500"), With("x-status: 502"), With("x-status: 504")),
        new("retry-others", Retrying($"attempts: 2, retryOn: '{OnOthers}'"), FailFirst(1), With("x-status: 500")),
        new("retry-body", Retrying("attempts: 2, retryOn: 5xx"), FailFirst(2) with { Method = "POST", Body = "once=1" }),
        new("retry-gateway-error", Retrying("attempts: 1, retryOn: gateway-error"), With("x-status: 502"), With("x-status: 500")),
    ];

    private static string Retrying(string policy) => To("v1", $"retries: {{ {policy} }},");

    private static Probe FailFirst(int tries) => With($"x-fail-first: {tries}");

    private static Probe Slow(int milliseconds) => With($"x-delay-ms: {milliseconds}");
}

/// <summary>Injected faults: a delay that is ignored comes too early, and neither counts towards the route's timeout.</summary>
internal static class FaultCases
{
    private const string Abort = "abort: { percentage: { value: 100 }, httpStatus: 418 }";

    public static IEnumerable<RoutingCase> All() =>
    [
        new("abort", To("v1", $"fault: {{ {Abort} }},"), new Probe()),
        new("abort-never", To("v1", "fault: { abort: { percentage: { value: 0 }, httpStatus: 418 } },"), new Probe()),
        new("abort-unsaid", To("v1", "fault: { abort: { httpStatus: 418 } },"), new Probe()),
        // A text has a type, whatever a route says.
        new("abort-without-type", To("v1", $"fault: {{ {Abort} }}, headers: {{ response: {{ remove: [content-type] }} }},"), new Probe()),
        new("abort-without-status", To("v1", "fault: { abort: { percentage: { value: 100 } } },"), new Probe()),
        new("delay-without-duration", To("v1", "fault: { delay: { percentage: { value: 100 } } },"), new Probe()),
        new("delay", To("v1", $"fault: {{ {Delay(700)} }},"), new Probe { AtLeast = 700 }),
        new("delay-beyond-timeout", To("v1", $"timeout: 1s, fault: {{ {Delay(1500)} }},"), new Probe { AtLeast = 1500 }),
        new("delay-and-abort", To("v1", $"fault: {{ {Delay(700)}, {Abort} }},"), new Probe { AtLeast = 700 }),
        new("abort-not-retried", To("v1", $"retries: {{ attempts: 2, retryOn: '418' }}, fault: {{ {Abort} }},"), new Probe()),
        new("abort-not-copied", To("v1", $"mirror: {{v2}}, mirrorPercentage: {{ value: 100 }}, fault: {{ {Abort} }},"), new Probe()),
    ];

    private static string Delay(int milliseconds) => $"delay: {{ percentage: {{ value: 100 }}, fixedDelay: {milliseconds}ms }}";
}

/// <summary>Two pods of which one answers only 500, without retries that would hide it.</summary>
internal static class EjectionCase
{
    public static RoutingCase Routing { get; } = new("ejection", To("pair", "retries: { attempts: 0 },"), new Probe());
}
