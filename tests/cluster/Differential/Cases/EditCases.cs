using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential.Cases;

/// <summary>What proxies change of a request, unasked and asked to.</summary>
internal static class EditCases
{
    /// <summary>The case that forwards what it gets.</summary>
    public const string Plain = "edge";

    /// <summary>What the destination's own proxy normalizes.</summary>
    private static readonly string[] OddPaths = ["/x/../%6eew", "/new?x=1", "/a//b"];

    public static IEnumerable<RoutingCase> All() =>
    [
        new(Plain, To("v1"),
            new Probe(), With("x-forwarded-for: 203.0.113.7"), With("x-forwarded-for: 203.0.113.7", "x-forwarded-for: 203.0.113.8"),
            With("x-forwarded-proto: https"), With("x-request-id: mine"), With("x-own: a", "x-own: b"), With("accept-encoding: br"),
            With("x-forwarded-host: a.test"), With("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            With("x-b3-traceid: 463ac35c9f6413ad48485a3953bb6124"), With("te: trailers"), With("via: 1.1 a"),
            With("cookie: a=1", "cookie: b=2")),
        new("edge-envoys", To("v1"),
            With("x-envoy-upstream-rq-timeout-ms: 1", "x-delay-ms: 50"),
            With("x-envoy-max-retries: 3", "x-envoy-retry-on: 5xx", "x-fail-first: 1"),
            With("x-envoy-decorator-operation: a"), With("x-envoy-attempt-count: 7"), With("x-envoy-internal: true"),
            With("x-envoy-external-address: 203.0.113.7"), With("x-envoy-original-path: /a"), With("x-envoy-expected-rq-timeout-ms: 7")),
        new("headers", To("v1", "headers: { request: { set: { x-set: b }, add: { x-added: c }, remove: [x-gone] } },"),
            With("x-set: a", "x-added: a", "x-gone: a"), With("x-set: a", "x-set: c", "x-gone: a", "x-gone: b"), new Probe()),
        // The operations of a single destination and of its route are one list; what is set to nothing is not set.
        new("headers-of-both", "[{ headers: { request: { set: { x-set: a, x-none: '' }, add: { x-added: a } }, response: { set: { x-set: a } } },"
            + " route: [{ headers: { request: { set: { x-set: b }, add: { x-added: b, x-set: c } }, response: { set: { x-set: b } } }, destination: {v1} }] }]",
            new Probe(), With("x-set: caller", "x-none: caller")),
        new("host-header", To("v1", "headers: { request: { set: { host: other.test } } },"), new Probe()),
        new("rewrite", "[{ match: [{ uri: { prefix: /old } }], rewrite: { uri: /new }, route: [{ destination: {v1} }] }]",
            At("/old"), At("/old/a?q=1"), At("/older"), At("/old/../old/a"), At("/else")),
        new("rewrite-odd", $"[{string.Join(", ", OddPaths.Select((uri, index) =>
            $"{{ match: [{{ uri: {{ prefix: /{index} }} }}], rewrite: {{ uri: '{uri}' }}, route: [{{ destination: {{v1}} }}] }}"))}]",
            At("/0"), At("/0/b?q"), At("/1"), At("/1/../1/b?q=1"), At("/2?q")),
        new("rewrite-to-no-path", To("v1", "rewrite: { uri: new },"), At("/a"), At("/"), At("/a/b?q=1")),
        new("rewrite-groups", To("v1", @"rewrite: { uriRegexRewrite: { match: '^/([^/]+)/(b)?(.*)$', rewrite: '/\3/\2\1\0' } },"),
            At("/a/c"), At("/a/b/c?q=1"), At("/a")),
        new("rewrite-backslash", To("v1", @"rewrite: { uriRegexRewrite: { match: '(a)', rewrite: '[\\1$1${1}' } },"), At("/a"), At("/b/aa?a")),
        new("rewrite-empty-matches", To("v1", "rewrite: { uriRegexRewrite: { match: 'b*', rewrite: '-' } },"), At("/abc"), At("/b")),
        new("rewrite-unknown-group", To("v1", @"rewrite: { uriRegexRewrite: { match: '(a)', rewrite: '/x\3' } },"), At("/a"), At("/b")),
        new("rewrite-unknown-escape", To("v1", @"rewrite: { uriRegexRewrite: { match: 'a', rewrite: 'b\xc' } },"), At("/aa")),
        new("rewrite-authority", To("v1", "rewrite: { authority: other.test },"), new Probe()),
        new("redirect", "[{ match: [{ uri: { exact: /old } }], redirect: { uri: /new, redirectCode: 308 } }]",
            At("/old"), At("/old?q=1"), At("/old?"), At("/else")),
        new("direct-response", "[{ directResponse: { status: 203, body: { string: hello } } }]", new Probe()),
    ];
}

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

/// <summary>Paths: what of them is normalized before a route is chosen, and what the application gets.</summary>
internal static class PathCases
{
    public static IEnumerable<RoutingCase> All() =>
    [
        new("path-exact", When("uri: { exact: /a }"), At("/a"), At("/a/"), At("/a?q=1"), At("/A"), At("/ab")),
        new("path-prefix", When("uri: { prefix: /a }"), At("/a"), At("/a/b"), At("/ab"), At("/b/a")),
        new("path-regex", When("uri: { regex: '/a[0-9]+(/.*)?' }"), At("/a1"), At("/a12/b"), At("/a"), At("/xa1"), At("/a1?x=/b")),
        new("path-any-case", When("uri: { exact: /A }, ignoreUriCase: true"), At("/a"), At("/A"), At("/b")),
        new("path-dots", When("uri: { prefix: /a }"),
            At("/./a"), At("/b/../a"), At("/b/./../a/."), At("/../a"), At("/a/.."), At("/a/../b"), At("/.a")),
        new("path-encoded", When("uri: { prefix: /a }"),
            At("/%61"), At("/a%2Fb"), At("/a%2fb"), At("/%2e%2e/a"), At("/b/%2E%2e/a"), At("/%7Ea"), At("/a%20b"),
            At("/a%zz"), At("/%2Fa")),
        new("path-slashes", When("uri: { prefix: /a }"),
            At("//a"), At("/b//../a"), At("/a//b"), At(@"/a\b"), At(@"/b\..\a"), At("/a?x=//b/../c")),
        new("path-query", When("uri: { exact: /a }"), At("/a?"), At("/a?x=%61"), At("/a?x=a?b"), At("/a?x=../b")),
    ];
}
