using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential.Cases;

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
