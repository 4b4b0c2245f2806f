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
