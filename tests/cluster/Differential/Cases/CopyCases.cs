using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential.Cases;

/// <summary>What is copied, what a copy looks like, and that the live request does not depend on it.</summary>
internal static class CopyCases
{
    public static IEnumerable<RoutingCase> All() =>
    [
        new("copy", Copied("v1", "v2"),
            new Probe(), new Probe { Method = "POST", Path = "/a?q=1", Body = "a=1" },
            With("x-forwarded-for: 203.0.113.7"), With("x-request-id: mine"), With("x-own: a", "x-own: b")),
        new("copy-port", Copied("v1", "v2"), For("copy-port.test:8080")) { EntryPoints = [EntryPoint.Gateway] },
        new("copy-edited", Copied("v1", "v2", "headers: { request: { set: { x-set: b } } }, rewrite: { uri: /new },"), At("/old")),
        new("copy-nowhere", Copied("v1", "none"), new Probe()),
        new("copy-undeclared", Copied("v1", "undeclared"), new Probe()),
        new("copy-of-none", Copied("none", "v2"), new Probe()),
        new("copy-once", Copied("v1", "v2", "retries: { attempts: 2, retryOn: 5xx },"),
            With("x-fail-first: 2"), new Probe { Method = "POST", Headers = ["x-fail-first: 1"], Body = "a=1" }),
    ];

    private static string Copied(string live, string shadow, string policies = "") =>
        To(live, $"{policies} mirror: {{{shadow}}}, mirrorPercentage: {{ value: 100 }},");
}
