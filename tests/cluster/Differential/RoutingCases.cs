namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>The table of configurations whose outcome is not left to chance.</summary>
internal static class RoutingCases
{
    public static IReadOnlyList<RoutingCase> All { get; } = [.. Matches(), .. Hosts(), .. Failures(), .. Edits()];

    private static IEnumerable<RoutingCase> Matches() =>
    [
        new("header-exact", "[{ match: [{ headers: { x-who: { exact: tester } } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            With("x-who", "tester"), With("x-who", "Tester"), With("x-who", "testers"), With("X-WHO", "tester"), new Probe()),
        new("header-prefix", "[{ match: [{ headers: { x-who: { prefix: test } } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            With("x-who", "tester"), With("x-who", "test"), With("x-who", "atest")),
        new("header-regex", "[{ match: [{ headers: { x-who: { regex: 'te.t|[0-9]+' } } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            With("x-who", "test"), With("x-who", "123"), With("x-who", "a123"), With("x-who", "testing")),
        new("header-present", "[{ match: [{ headers: { x-who: {} } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            With("x-who", "anyone"), new Probe()),
        new("header-absent", "[{ match: [{ withoutHeaders: { x-who: { exact: tester } } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            With("x-who", "tester"), With("x-who", "other"), new Probe()),
        new("path-exact", "[{ match: [{ uri: { exact: /a } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            At("/a"), At("/a/"), At("/a?q=1"), At("/A"), At("/ab")),
        new("path-prefix", "[{ match: [{ uri: { prefix: /a } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            At("/a"), At("/a/b"), At("/ab"), At("/b/a"), At("/%61"), At("/b/../a")),
        new("path-regex", "[{ match: [{ uri: { regex: '/a[0-9]+(/.*)?' } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            At("/a1"), At("/a12/b"), At("/a"), At("/xa1"), At("/a1?x=/b")),
        new("path-any-case", "[{ match: [{ uri: { exact: /A }, ignoreUriCase: true }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            At("/a"), At("/A"), At("/b")),
        new("method", "[{ match: [{ method: { regex: 'GET|HEAD' } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            new Probe(), new Probe { Method = "POST" }, new Probe { Method = "DELETE" }),
        new("query", "[{ match: [{ queryParams: { q: { exact: '1' } } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            At("/?q=1"), At("/?q=2"), At("/?p=1&q=1"), At("/")),
        new("precedence", """
            [{ match: [{ uri: { prefix: /a } }], route: [{ destination: {v1} }] },
             { match: [{ uri: { exact: /a/b } }, { headers: { x-who: { exact: tester } } }], route: [{ destination: {v2} }] }]
            """, At("/a/b"), At("/c"), With("x-who", "tester"), new Probe { Path = "/a", Headers = Header("x-who", "tester") }),
        new("both-conditions", "[{ match: [{ uri: { prefix: /a }, headers: { x-who: { exact: tester } } }], route: [{ destination: {v2} }] }, { route: [{ destination: {v1} }] }]",
            At("/a"), With("x-who", "tester"), new Probe { Path = "/a", Headers = Header("x-who", "tester") }),
    ];

    private static IEnumerable<RoutingCase> Hosts() =>
    [
        new("hosts", "[{ route: [{ destination: {v1} }] }]",
            For("hosts.test"), For("hosts.test:80"), For("hosts.test:8080"), For("HOSTS.test"), For("hosts.test."), For("ahosts.test"), For("unknown.example")),
        new("wildcard", "[{ route: [{ destination: {v1} }] }]", For("a.wild.test"), For("a.b.wild.test"), For("wild.test"), For("a.wild.test:8080"), For("special.wild.test"))
        {
            Hosts = ["*.wild.test"],
        },
        new("more-special", "[{ route: [{ destination: {v2} }] }]", For("special.wild.test"), For("more.special.wild.test"))
        {
            Hosts = ["special.wild.test"],
        },
        new("not-of-the-gateway", "[{ route: [{ destination: {v2} }] }]", For("not-of-the-gateway.example")) { Hosts = ["not-of-the-gateway.example"] },
    ];

    private static IEnumerable<RoutingCase> Failures() =>
    [
        new("no-pods", "[{ route: [{ destination: {none} }] }]", new Probe()),
        new("undeclared-subset", "[{ route: [{ destination: {undeclared} }] }]", new Probe()),
        new("timeout", "[{ timeout: 300ms, route: [{ destination: {v1} }] }]", With("x-delay-ms", "1500"), With("x-delay-ms", "1")),
        new("no-retries", "[{ retries: { attempts: 0 }, route: [{ destination: {v1} }] }]", With("x-status", "503"), With("x-status", "500")),
        // The echo counts the tries of a case: one probe each.
        new("retry-succeeds", "[{ retries: { attempts: 2, retryOn: 5xx }, route: [{ destination: {v1} }] }]", With("x-fail-first", "2")),
        new("retry-exhausted", "[{ retries: { attempts: 2, retryOn: 5xx }, route: [{ destination: {v1} }] }]", With("x-fail-first", "3")),
        new("retry-status", "[{ retries: { attempts: 1, retryOn: '503' }, route: [{ destination: {v1} }] }]", With("x-fail-first", "1"), With("x-status", "500")),
        new("retry-not-on-404", "[{ retries: { attempts: 1, retryOn: 5xx }, route: [{ destination: {v1} }] }]", With("x-status", "404")),
        new("retry-by-default", "[{ route: [{ destination: {v1} }] }]", With("x-fail-first", "1")),
        new("try-timeout", "[{ timeout: 5s, retries: { attempts: 1, perTryTimeout: 300ms, retryOn: reset }, route: [{ destination: {v1} }] }]", With("x-delay-ms", "1500")),
        new("abort", "[{ fault: { abort: { percentage: { value: 100 }, httpStatus: 418 } }, route: [{ destination: {v1} }] }]", new Probe()),
        new("abort-never", "[{ fault: { abort: { percentage: { value: 0 }, httpStatus: 418 } }, route: [{ destination: {v1} }] }]", new Probe()),
        new("delay", "[{ fault: { delay: { percentage: { value: 100 }, fixedDelay: 50ms } }, route: [{ destination: {v1} }] }]", new Probe()),
        new("delay-beyond-timeout", "[{ timeout: 100ms, fault: { delay: { percentage: { value: 100 }, fixedDelay: 400ms } }, route: [{ destination: {v1} }] }]", new Probe()),
    ];

    private static IEnumerable<RoutingCase> Edits() =>
    [
        new("headers", "[{ headers: { request: { set: { x-set: b }, add: { x-added: c }, remove: [x-gone] } }, route: [{ destination: {v1} }] }]",
            new Probe { Headers = new Dictionary<string, string> { ["x-set"] = "a", ["x-added"] = "a", ["x-gone"] = "a" } }, new Probe()),
        new("rewrite", "[{ match: [{ uri: { prefix: /old } }], rewrite: { uri: /new }, route: [{ destination: {v1} }] }]", At("/old"), At("/old/a?q=1"), At("/older")),
        new("redirect", "[{ match: [{ uri: { exact: /old } }], redirect: { uri: /new, redirectCode: 308 } }]", At("/old"), At("/else")),
    ];

    private static Probe At(string path) => new() { Path = path };

    private static Probe For(string host) => new() { Host = host };

    private static Probe With(string name, string value) => new() { Headers = Header(name, value) };

    private static Dictionary<string, string> Header(string name, string value) => new() { [name] = value };
}
