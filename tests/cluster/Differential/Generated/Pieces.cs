namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>
/// What configurations are generated of. Every line of a table is one field, with what it may be; of one line one text is taken at most.
/// What begins with <see cref="Odd"/> is rare: istiod denies it, or it says nothing; so the verdicts are compared as well.
/// </summary>
internal static class Pieces
{
    /// <summary>Begins what is drawn rarely.</summary>
    public const char Odd = '!';

    /// <summary>So many tries of a request fail.</summary>
    public const string FailFirst = "x-fail-first";

    /// <summary>A slow answer, which a timeout cuts off.</summary>
    public const string Slow = "x-delay-ms: 1500";

    private const string Own = "{name}.gopher-differential.svc.cluster.local";

    public static string[] Hosts { get; } =
    [
        "{name}.test", "{name}.test", "{name}.test", "a.{name}.test", "a.{name}.test", "'*.{name}.test'", "'*.{name}.test'", "'*.a.{name}.test'",
        "{name}", Own, "{name}.gopher-differential", "{name}.example",
    ];

    /// <summary>Each a list, in the order of a VirtualService's gateways.</summary>
    public static string[][] Gateways { get; } =
    [
        ["gopher-differential/compared", "mesh"], ["gopher-differential/compared", "mesh"], ["compared"], ["mesh"],
        ["gopher-differential/{name}-gateway"], ["{name}-gateway", "mesh"], ["gopher-differential/everyone"],
        ["{name}-gateway", "compared"], [],
    ];

    public static string[] ServerHosts { get; } =
    [
        "'*.{name}.test'", "'*.{name}.test'", "{name}.test", "{name}.test", "a.{name}.test", "./{name}.test", "'*/*.{name}.test'",
        "'gopher-differential/a.{name}.test'", "'elsewhere/{name}.test'", "'*.a.{name}.test'", "'./*'",
    ];

    public static string[] Services { get; } =
    [
        "selector: { app: echo, version: v1 }, ports: [{ name: http, port: 80, targetPort: 8080 }]",
        "selector: { app: echo, version: v2 }, ports: [{ name: http, port: 8081, targetPort: 8080 }]",
        "selector: { app: echo, version: v1 }, ports: [{ name: http, port: 80, targetPort: 8080 }, { name: http-b, port: 8081, targetPort: 8080 }]",
        "selector: { app: nobody }, ports: [{ name: http, port: 80, targetPort: 8080 }]",
    ];

    public static string[] Rules { get; } =
    [
        "subsets: [{ name: s, labels: { version: v1 } }, { name: t, labels: { version: v2 } }]",
        "subsets: [{ name: s, labels: { version: v1 }, trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: UPGRADE } } } }]",
        "trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } }, subsets: [{ name: s, labels: { app: echo } }]",
        "trafficPolicy: { portLevelSettings: [{ port: { number: 8081 }, connectionPool: { http: { h2UpgradePolicy: UPGRADE } } }] }",
        "!subsets: [{ name: s }, { name: s, labels: { version: v1 } }]",
        "!trafficPolicy: { connectionPool: { http: { maxRetries: -1 } } }",
    ];

    public static string[][] Conditions { get; } =
    [
        [
            "uri: { exact: /a }", "uri: { exact: /a/b }", "uri: { prefix: /a }", "uri: { prefix: /a }", "uri: { prefix: /a/ }", "uri: { prefix: / }",
            "uri: { regex: '/a(/.*)?' }", "uri: { regex: '.*' }", "uri: { regex: '/[a-z]+' }", "uri: { regex: '(?i)/A' }", "uri: { exact: /A }",
            "uri: { prefix: /A }", "!uri: { prefix: '' }", "uri: {}", "uri: { regex: '*' }", "!uri: { regex: '/a(?=b)' }",
        ],
        ["ignoreUriCase: true"],
        [
            "headers: { x-who: { exact: tester } }", "headers: { x-who: { prefix: te } }", "headers: { x-who: { regex: 'te.*|a' } }",
            "headers: { x-who: {} }", "headers: { x-who: { exact: a }, x-set: {} }", "headers: { cookie: { regex: '^(.*?;)?(a=1)(;.*)?$' } }",
            "headers: { X-Who: { exact: a } }", "headers: { x-who: { regex: '*' } }", "!headers: { x-who: { exact: '' } }", "!headers: { x-who: { prefix: '' } }",
        ],
        [
            "withoutHeaders: { x-who: {} }", "withoutHeaders: { x-who: { exact: tester } }", "withoutHeaders: { x-who: { regex: 'te.*' } }",
            "withoutHeaders: { x-who: { prefix: te }, x-set: {} }", "withoutHeaders: { x-who: { regex: '.*' } }",
        ],
        ["method: { exact: GET }", "method: { exact: POST }", "method: { regex: 'GET|PUT' }", "method: { prefix: P }", "method: { exact: get }"],
        [
            "queryParams: { q: { exact: '1' } }", "queryParams: { q: { regex: '[0-9]+' } }", "queryParams: { q: {} }", "queryParams: { q: { prefix: '1' } }",
            "queryParams: { q: { exact: '1' }, p: {} }", "!queryParams: { q: { exact: '' } }",
        ],
        ["authority: { exact: '{name}.test' }", "authority: { prefix: a. }", "authority: { regex: '.*[.]test(:[0-9]+)?' }", "authority: { exact: '{name}' }"],
        ["scheme: { exact: http }", "scheme: { exact: https }", "scheme: { prefix: htt }"],
        ["port: 80", "port: 443", "port: 8081"],
        ["gateways: [mesh]", "gateways: [gopher-differential/compared]", "gateways: ['{name}-gateway']"],
        ["sourceLabels: { app: asker }", "sourceLabels: { app: other }"],
        ["sourceNamespace: gopher-differential", "sourceNamespace: gopher-differential-elsewhere"],
        ["name: condition"],
    ];

    public static string[] Destinations { get; } =
    [
        "{v1}", "{v1}", "{v1}", "{v2}", "{v2}", "{none}", "{undeclared}", "{ host: '{name}' }", $"{{ host: {Own}, port: {{ number: 80 }} }}",
        "{ host: '{name}', port: { number: 8081 } }", "{ host: '{name}', subset: s }", $"{{ host: {Own}, subset: t }}", "{ host: nowhere }",
        "{ host: '{name}.gopher-differential' }",
    ];

    /// <summary>The headers of one of a route's destinations.</summary>
    public static string[] DestinationHeaders { get; } =
    [
        "", "", "", "headers: { request: { set: { x-set: destination } } },", "headers: { response: { add: { x-added: destination } } },",
        "headers: { request: { remove: [x-gone] }, response: { set: { x-set: destination } } },",
    ];

    /// <summary>The weights of two destinations.</summary>
    public static (string One, string Other, bool IsChance)[] Weights { get; } =
        [("weight: 50", "weight: 50", true), ("weight: 25", "weight: 75", true), ("weight: 1", "weight: 1", true), ("weight: 0", "weight: 100", false),
            ("weight: 100", "weight: 0", false), ("", "weight: 1", false)];

    /// <summary>Actions of routes that delegate.</summary>
    public static string[] Delegations { get; } =
    [
        "delegate: { name: '{name}-a' }", "delegate: { name: '{name}-a' }", "delegate: { name: '{name}-a' }", "delegate: { name: '{name}-b' }",
        "delegate: { name: '{name}-b', namespace: gopher-differential }", "delegate: { name: '{name}-a', namespace: gopher-differential-elsewhere }",
        "delegate: { name: '{name}-a', namespace: gopher-differential-elsewhere }", "delegate: { name: '{name}-absent' }",
        "!delegate: {}", "!delegate: { name: '{name}-0' }", "!delegate: { name: '{name}-a' }, route: [{ destination: {v1} }]",
        "!delegate: { name: '{name}-a' }, redirect: { uri: /new }", "!delegate: { name: '{name}-a' }, directResponse: { status: 203 }",
    ];

    public static string[] DelegatePlaces { get; } =
        ["{name}-a", "{name}-a", "{name}-b", "gopher-differential-elsewhere/{name}-a", "gopher-differential-elsewhere/{name}-a", "{name}-unnamed"];

    public static string[] DelegateOptions { get; } =
    [
        "exportTo: ['*']", "exportTo: [.]", "exportTo: [.]", "exportTo: [gopher-differential]", "exportTo: [gopher-differential-elsewhere]",
        "exportTo: [gopher-differential, nowhere]", "exportTo: [nowhere]", "!exportTo: ['~']", "!exportTo: ['*', .]", "!gateways: [mesh]",
    ];

    public static string[] Replies { get; } =
    [
        "redirect: { uri: /new }", "redirect: { authority: other.test }", "redirect: { uri: /new, authority: other.test, redirectCode: 302 }",
        "redirect: { scheme: https }", "redirect: { scheme: https, port: 8443 }", "redirect: { derivePort: FROM_REQUEST_PORT, scheme: https }",
        "redirect: { derivePort: FROM_PROTOCOL_DEFAULT, authority: other.test }", "redirect: { uri: '/new?x=1', redirectCode: 307 }",
        "!redirect: { uri: '' }", "redirect: { redirectCode: 308 }",
        "directResponse: { status: 203, body: { string: hello } }", "directResponse: { status: 503 }", "directResponse: { status: 204 }",
        "directResponse: { status: 404, body: { string: '' } }", "!directResponse: { status: 99 }", "directResponse: { status: 301 }",
    ];

    public static string[][] Policies { get; } =
    [
        [
            "rewrite: { uri: /new }", "rewrite: { uri: /new/ }", "rewrite: { uri: / }", "rewrite: { authority: other.test }",
            "rewrite: { uri: /new, authority: other.test }", @"rewrite: { uriRegexRewrite: { match: '^/a/([^/]+)(.*)$', rewrite: '/\2/\1' } }",
            "rewrite: { uriRegexRewrite: { match: a, rewrite: '' } }", "rewrite: { uriRegexRewrite: { match: '/', rewrite: '/-' } }",
            @"rewrite: { uriRegexRewrite: { match: '(a)', rewrite: '[\0$1\1]' } }", @"rewrite: { uriRegexRewrite: { match: '(a)', rewrite: 'b\\0' } }",
            "rewrite: { uri: /x/../%6eew }", "rewrite: { uri: '/new?x=1' }", "!rewrite: { uri: /new, uriRegexRewrite: { match: a, rewrite: b } }",
            "!rewrite: { uriRegexRewrite: { match: '(', rewrite: b } }", "!rewrite: {}", "!rewrite: { uri: new }", "!rewrite: { uri: '/new#x' }",
        ],
        ["timeout: 500ms", "timeout: 500ms", "!timeout: 0s", "timeout: 30s", "!timeout: 100us", "!timeout: -1s"],
        [
            "retries: { attempts: 2, retryOn: 5xx }", "retries: { attempts: 1, retryOn: 5xx }", "retries: { attempts: 0 }",
            "retries: { attempts: 1, perTryTimeout: 500ms, retryOn: 'reset,5xx' }", "retries: { attempts: 1, perTryTimeout: 500ms, retryOn: connect-failure }",
            "retries: { attempts: 2, retryOn: gateway-error }", "retries: { attempts: 3, retryOn: '503,418' }", "retries: { attempts: 1, retryOn: retriable-4xx }",
            "retries: { attempts: 1, retryOn: retriable-status-codes }", "retries: { attempts: 1, retryOn: 'gateway-error,404' }",
            "!retries: { retryOn: 5xx }", "!retries: { attempts: -1 }", "!retries: { attempts: 1, retryOn: sometimes }", "retries: { attempts: 2, backoff: 10ms, retryOn: 5xx }",
            "!retries: { attempts: 0, retryOn: 5xx }", "!retries: {}", "retries: { attempts: 2, retryOn: 5xx, retryIgnorePreviousHosts: false }",
        ],
        [
            "fault: { abort: { percentage: { value: 100 }, httpStatus: 418 } }", "fault: { abort: { percentage: { value: 100 }, httpStatus: 503 } }",
            "fault: { delay: { percentage: { value: 100 }, fixedDelay: 600ms } }", "fault: { abort: { percentage: { value: 0 }, httpStatus: 418 } }",
            "fault: { delay: { percentage: { value: 100 }, fixedDelay: 600ms }, abort: { percentage: { value: 100 }, httpStatus: 429 } }",
            "!fault: { delay: { fixedDelay: 600ms } }", "!fault: {}", "!fault: { abort: { httpStatus: 700 } }",
            "!fault: { abort: { percentage: { value: 100 } } }", "!fault: { delay: { percentage: { value: 100 } } }",
        ],
        [
            "headers: { request: { set: { x-set: route } } }", "headers: { request: { add: { x-set: route } } }", "headers: { request: { remove: [x-gone] } }",
            "headers: { request: { set: { host: set.test } } }", "headers: { request: { set: { ':authority': set.test } } }",
            "headers: { response: { set: { x-set: route }, add: { x-added: route } } }", "headers: { response: { remove: [content-type] } }",
            "headers: { request: { set: { X-Set: route }, add: { x-set: again }, remove: [x-set] } }", "headers: { request: { set: { x-set: '' } } }",
            "headers: { response: { set: { server: mine } } }", "headers: { request: { remove: [user-agent, X-Who] } }",
            "headers: { request: { set: { x-forwarded-proto: https } } }", "headers: { request: { add: { cookie: c=3 } } }",
            "!headers: { request: { set: { ':status': '200' } } }", "!headers: { request: { set: { ':path': /set } } }",
        ],
        [
            "mirror: {v2}", "mirror: {v2}, mirrorPercentage: { value: 100 }", "mirror: {v2}, mirrorPercentage: { value: 0 }", "mirror: {none}",
            "mirror: {undeclared}", "mirrors: [{ destination: {v2}, percentage: { value: 100 } }]", "mirrors: [{ destination: {v1} }, { destination: {v2} }]",
            "mirror: { host: '{name}' }", "!mirror: {v2}, mirrorPercentage: { value: 101 }", "!mirror: {v2}, mirrors: [{ destination: {v2} }]",
        ],
        ["name: route"],
    ];

    /// <summary>What takes the place of a policy of the same field, and leaves it to chance.</summary>
    public static string[] Chances { get; } =
    [
        "fault: { abort: { percentage: { value: 50 }, httpStatus: 418 } }", "fault: { abort: { percentage: { value: 30 }, httpStatus: 503 } }",
        "mirror: {v2}, mirrorPercentage: { value: 50 }", "mirrors: [{ destination: {v2}, percentage: { value: 33.3 } }]",
    ];

    public static string[] Entries { get; } =
    [
        "Gateway 80", "Gateway 80", "Gateway 80", "Gateway 80", "Gateway 80", "Sidecar 80", "Sidecar 80", "Sidecar 80", "Sidecar 8081", "Elsewhere 80",
        "SecondPort 80",
    ];

    public static string[] ProbeHosts { get; } =
    [
        "{name}.test", "{name}.test", "{name}.test", "{name}.test", "a.{name}.test", "a.{name}.test", "a.{name}.test", "b.a.{name}.test", "z.{name}.test",
        "{NAME}.Test", "{name}.test.", "{name}", Own, "{name}.gopher-differential", "{name}.example",
    ];

    /// <summary>Those with a port of their own, which only a gateway leaves alone.</summary>
    public static string[] GatewayHosts { get; } = [.. ProbeHosts, "{name}.test:8080", "a.{name}.test:80"];

    public static string[] Lines { get; } =
    [
        "GET /a", "GET /a", "GET /a", "GET /", "GET /", "GET /a/b", "GET /a/b", "GET /a/", "GET /ab", "GET /A", "GET /a?q=1", "GET /a?q=", "GET /?q=12",
        "GET /?q=2&q=1", "GET /a/b?p=&q=1", "GET /b/../a", "GET //a", "GET /%61", "GET /a%2Fb", "GET /a/b/a?x=/a", "GET /new", "POST /a", "POST /",
        "PUT /a", "DELETE /a/b", "OPTIONS /a", "PATCH /ab", "POST /a?q=1", "GET /a/.", "GET /a?", "GET /c",
    ];

    public static string[][] Headers { get; } =
    [
        ["x-who: tester", "x-who: tester", "x-who: Tester", "x-who: a", "x-who: te", "x-who:", "X-Who: a"],
        ["x-who: a"],
        ["x-status: 503", "x-status: 500", "x-status: 404", "x-status: 409", "x-status: 418", "x-status: 502"],
        [$"{FailFirst}: 1", $"{FailFirst}: 1", $"{FailFirst}: 2", $"{FailFirst}: 3"],
        ["x-set: caller", "x-set: caller"],
        ["x-gone: caller"],
        ["cookie: a=1", "cookie: b=2; a=1", "cookie: c=3"],
        ["x-forwarded-proto: https", "x-forwarded-proto: http"],
        ["x-forwarded-for: 203.0.113.7"],
        ["x-envoy-retry-on: 5xx", "x-envoy-upstream-rq-timeout-ms: 500", "x-envoy-max-retries: 3"],
        ["user-agent: probe"],
    ];
}
