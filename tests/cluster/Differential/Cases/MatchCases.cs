using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential.Cases;

/// <summary>What a route may be chosen by, and which of several is.</summary>
internal static class MatchCases
{
    private const string Tester = "x-who: tester";

    private static IEnumerable<Probe> Twice() =>
        [With("x-who: a", "x-who: b"), With("x-who: b", "x-who: a"), With("x-who: a,b"), With("x-who: b", "x-who: c"), With("x-who: a")];

    public static IEnumerable<RoutingCase> All() =>
    [
        new("header-exact", When("headers: { x-who: { exact: tester } }"),
            With(Tester), With("x-who: Tester"), With("x-who: testers"), With("X-WHO: tester"), new Probe()),
        new("header-prefix", When("headers: { x-who: { prefix: test } }"), With(Tester), With("x-who: test"), With("x-who: atest")),
        new("header-regex", When("headers: { x-who: { regex: 'te.t|[0-9]+' } }"),
            With("x-who: test"), With("x-who: 123"), With("x-who: a123"), With("x-who: testing")),
        new("header-present", When("headers: { x-who: {} }"), With("x-who: anyone"), With("x-who:"), new Probe()),
        new("header-absent", When("withoutHeaders: { x-who: { exact: tester } }"), With(Tester), With("x-who: other"), new Probe()),
        new("header-not-present", When("withoutHeaders: { x-who: {} }"), With(Tester), With("x-who:"), new Probe()),
        // A condition is held against each of several lines.
        new("header-twice", When("headers: { x-who: { exact: a } }"), [.. Twice()]),
        new("header-joined", When("headers: { x-who: { exact: 'a,b' } }"), [.. Twice()]),
        new("header-twice-regex", When("headers: { x-who: { regex: '[ac]' } }"), [.. Twice()]),
        new("header-absent-twice", When("withoutHeaders: { x-who: { exact: a } }"), [.. Twice()]),
        new("header-not-present-twice", When("withoutHeaders: { x-who: {} }"), [.. Twice()]),
        new("method", When("method: { regex: 'GET|HEAD' }"),
            new Probe(), new Probe { Method = "POST", Body = "a=1" }, new Probe { Method = "DELETE" }),
        new("query", When("queryParams: { q: { exact: '1' } }"),
            At("/?q=1"), At("/?q=2"), At("/?p=1&q=1"), At("/?q=2&q=1"), At("/?q"), At("/")),
        new("authority", When("authority: { exact: authority.test }"), For("authority.test"), For("AUTHORITY.test"))
        {
            EntryPoints = [EntryPoint.Gateway],
        },
        new("scheme", When("scheme: { exact: https }"), new Probe(), With("x-forwarded-proto: https")),
        new("either", When("uri: { exact: /a }", "headers: { x-who: { exact: tester } }"), At("/a"), With(Tester), At("/b")),
        new("both", When("uri: { prefix: /a }, headers: { x-who: { exact: tester } }"),
            At("/a"), With(Tester), new Probe { Path = "/a", Headers = [Tester] }),
        new("precedence", """
            [{ match: [{ uri: { prefix: /a } }], route: [{ destination: {v1} }] },
             { match: [{ uri: { exact: /a/b } }, { headers: { x-who: { exact: tester } } }], route: [{ destination: {v2} }] }]
            """, At("/a/b"), At("/c"), With(Tester), new Probe { Path = "/a", Headers = [Tester] }),
    ];
}

/// <summary>Who answers for a host: by the hosts of Gateways and of VirtualServices, and by the names of Services.</summary>
internal static class HostCases
{
    private static readonly EntryPoint[] ByGateway = [EntryPoint.Gateway];

    private const string Alone = $"alone.{RoutingCase.Namespace}.svc.cluster.local";

    private static readonly EntryPoint[] BySidecar = [EntryPoint.Sidecar, EntryPoint.Elsewhere];

    public static IEnumerable<RoutingCase> All() => [.. VirtualServices(), .. Gateways(), .. Services()];

    private static IEnumerable<RoutingCase> VirtualServices() =>
    [
        new("hosts", To("v1"), For("hosts.test"), For("hosts.test."), For("ahosts.test"), For("unknown.example")),
        new("capitals", To("v1"), For("CAPITALS.test")),
        // At a sidecar the port of a host is the port that is dialled.
        new("ports", To("v1"), For("ports.test:80"), For("ports.test:8080"), For("PORTS.test")) { EntryPoints = ByGateway },
        new("wildcard", To("v1"), For("a.wild.test"), For("a.b.wild.test"), For("wild.test"), For("special.wild.test"))
        {
            Hosts = ["*.wild.test"],
        },
        new("more-special", To("v2"), For("special.wild.test"), For("more.special.wild.test")) { Hosts = ["special.wild.test"] },
        // The sidecars' routes do not depend on a Gateway's hosts.
        new("not-of-the-gateway", To("v2"), For("not-of-the-gateway.example")) { Hosts = ["not-of-the-gateway.example"] },
        new("gateway-only", To("v2"), new Probe()) { Gateways = [$"{RoutingCase.Namespace}/compared"] },
        new("mesh-only", To("v2"), new Probe()) { Gateways = ["mesh"] },
    ];

    private static IEnumerable<RoutingCase> Gateways() =>
    [
        new("narrow-gateway", To("v2"), For("a.narrow.test"), For("b.narrow.test"), For("narrow.test"))
        {
            Hosts = ["*.narrow.test"],
            Gateways = [$"{RoutingCase.Namespace}/narrow"],
            EntryPoints = ByGateway,
        },
        new("namespaces-hosts", To("v2"), For("named.ns.test"), For("own.ns.test"), For("any.ns.test"), For("other.ns.test"))
        {
            Hosts = ["*.ns.test"],
            Gateways = [$"{RoutingCase.Namespace}/namespaces"],
            EntryPoints = ByGateway,
        },
        // As infra/Routing/MeshGateway.cs declares it behind a load balancer that ends TLS.
        new("behind-tls", To("v2"), new Probe(), At("/a?q=1"), For("behind-tls.test:80"), For("none.behind-tls.test"))
        {
            Hosts = ["behind-tls.test"],
            Gateways = [$"{RoutingCase.Namespace}/behind-tls"],
            EntryPoints = [EntryPoint.Gateway, EntryPoint.SecondPort],
        },
        // The stack's default: whoever is asked for.
        new("everyone", To("v2"), For("unknown.example"), For("198.18.0.10"), For("a.b.test:443"), For("compared.test"))
        {
            Hosts = ["*"],
            Gateways = [$"{RoutingCase.Namespace}/everyone"],
            EntryPoints = [EntryPoint.SecondPort],
        },
    ];

    private static IEnumerable<RoutingCase> Services() =>
    [
        new("service-names", "",
            For("alone"), For("alone.gopher-differential"), For("alone.gopher-differential.svc"), For(Alone), For($"{Alone}."),
            For("alone."), For("alone.gopher-differential.svc."), For("alone.gopher-differential.svc.cluster"), For("alone.elsewhere"))
        {
            Hosts = [],
            EntryPoints = BySidecar,
        },
        new("routed-names", To("v2"), For("routed"), For("routed.gopher-differential"), For("routed.gopher-differential.svc.cluster.local"))
        {
            Hosts = ["routed.gopher-differential.svc.cluster.local"],
            Gateways = ["mesh"],
            EntryPoints = BySidecar,
        },
    ];
}

/// <summary>How the tables are written.</summary>
internal static class Writing
{
    /// <summary>Routes to v2 what meets one of the matches (each the fields of an HTTPMatchRequest), and the rest to v1.</summary>
    public static string When(params string[] matches) =>
        $"[{{ match: [{string.Join(", ", matches.Select(match => $"{{ {match} }}"))}], {Route("v2")} }}, {{ {Route("v1")} }}]";

    /// <summary>Routes everything to one subset; the policies are more fields of the HTTPRoute, each of them closed by a comma.</summary>
    public static string To(string subset, string policies = "") => $"[{{ {policies} {Route(subset)} }}]";

    public static Probe At(string path) => new() { Path = path };

    public static Probe For(string host) => new() { Host = host };

    public static Probe With(params string[] headers) => new() { Headers = headers };

    private static string Route(string subset) => $"route: [{{ destination: {{{subset}}} }}]";
}
