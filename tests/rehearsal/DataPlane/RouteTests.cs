using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Proxying;
using GopherMesh.DataPlane.Routing;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>Which route a request takes, decided without HTTP.</summary>
public sealed class RouteTests
{
    [Theory]
    [InlineData("uri: { exact: /a }", "/a", true)]
    [InlineData("uri: { exact: /a }", "/a?q=1", true)]
    [InlineData("uri: { exact: /a }", "/A", false)]
    [InlineData("uri: { exact: /a }, ignoreUriCase: true", "/A", true)]
    [InlineData("uri: { exact: /a }", "/a/", false)]
    [InlineData("uri: { prefix: /a }", "/ab", true)]
    [InlineData("uri: { prefix: /a }", "/A", false)]
    [InlineData("uri: { prefix: /a }, ignoreUriCase: true", "/Ab", true)]
    [InlineData("uri: { regex: '/v[0-9]+' }", "/v12", true)]
    [InlineData("uri: { regex: '/v[0-9]+' }", "/v12/x", false)]
    [InlineData("uri: { regex: '/v[0-9]+' }, ignoreUriCase: true", "/V12", false)]
    [InlineData("queryParams: { q: { exact: '1' } }", "/?q=1", true)]
    [InlineData("queryParams: { q: { exact: '1' } }", "/?p=0&q=1", true)]
    [InlineData("queryParams: { q: { exact: '1' } }", "/?q=10", false)]
    [InlineData("queryParams: { q: { prefix: '1' } }", "/?q=10", true)]
    [InlineData("queryParams: { q: { regex: '[0-9]+' } }", "/?q=1x", false)]
    [InlineData("queryParams: { q: {} }", "/?q", true)]
    [InlineData("queryParams: { q: {} }", "/?p", false)]
    [InlineData("method: { exact: GET }", "/", true)]
    [InlineData("method: { regex: 'POST|PUT' }", "/", false)]
    [InlineData("scheme: { exact: http }", "/", true)]
    [InlineData("scheme: { exact: https }", "/", false)]
    [InlineData("authority: { exact: a.example.com }", "/", true)]
    [InlineData("authority: { prefix: b }", "/", false)]
    [InlineData("headers: { x-one: { exact: '1' } }", "/", true)]
    [InlineData("headers: { X-ONE: { exact: '1' } }", "/", true)]
    [InlineData("headers: { x-one: { exact: '2' } }", "/", false)]
    [InlineData("headers: { x-two: { exact: a } }", "/", true)]
    [InlineData("headers: { x-two: { exact: b } }", "/", true)]
    [InlineData("headers: { x-two: { exact: 'a,b' } }", "/", false)]
    [InlineData("withoutHeaders: { x-two: { exact: b } }", "/", false)]
    [InlineData("withoutHeaders: { x-two: { exact: c } }", "/", true)]
    [InlineData("withoutHeaders: { x-two: {} }", "/", false)]
    [InlineData("headers: { x-one: {} }", "/", true)]
    [InlineData("withoutHeaders: { x-one: { regex: '*' } }", "/", false)]
    [InlineData("headers: { x-none: {} }", "/", false)]
    [InlineData("withoutHeaders: { x-one: { exact: '1' } }", "/", false)]
    [InlineData("withoutHeaders: { x-one: { exact: '2' } }", "/", true)]
    [InlineData("withoutHeaders: { x-one: {} }", "/", false)]
    [InlineData("withoutHeaders: { x-none: {} }", "/", true)]
    [InlineData("withoutHeaders: { x-none: { exact: '1' } }", "/", true)]
    [InlineData("uri: { prefix: /a }, headers: { x-one: { exact: '1' } }", "/b", false)]
    [InlineData("port: 80", "/", true)]
    [InlineData("port: 8080", "/", false)]
    [InlineData("sourceLabels: { app: gopher-requester }", "/", true)]
    [InlineData("sourceLabels: { app: other }", "/", false)]
    [InlineData("sourceNamespace: gophers", "/", true)]
    [InlineData("sourceNamespace: other", "/", false)]
    [InlineData("gateways: [mesh]", "/", true)]
    [InlineData("gateways: [gopher-gateway]", "/", false)]
    [InlineData("gateways: [mesh], sourceLabels: { app: other }", "/", true)]
    public void A_match_holds_if_all_of_its_conditions_do(string match, string target, bool holds)
    {
        var table = Sidecar(DistributorRoutes($"[{{ match: [{{ {match} }}], name: matched, route: [{To("v2")}] }}, {{ name: other, route: [{To("v1")}] }}]"));

        Assert.Equal(holds ? "matched" : "other", Taken(table, target));
    }

    [Fact]
    public void The_first_route_that_matches_is_taken()
    {
        var table = Sidecar(DistributorRoutes($$"""
            [
              { name: long, match: [{ uri: { prefix: /a/b } }, { uri: { exact: /x } }], route: [{{To("v1")}}] },
              { name: short, match: [{ uri: { prefix: /a } }], route: [{{To("v1")}}] },
              { name: exact, match: [{ uri: { exact: /a/c } }], route: [{{To("v1")}}] },
              { name: rest, route: [{{To("v1")}}] },
            ]
            """));

        Assert.Equal("long", Taken(table, "/a/b"));
        Assert.Equal("long", Taken(table, "/x"));
        Assert.Equal("short", Taken(table, "/a/c"));
        Assert.Equal("rest", Taken(table, "/b"));
    }

    [Fact]
    public void A_virtual_service_none_of_whose_routes_match_answers_404()
    {
        var table = Sidecar(DistributorRoutes($"[{{ match: [{{ uri: {{ prefix: /a }} }}], route: [{To("v2")}] }}]"));

        Assert.NotNull(table.Find(Distributor));
        Assert.Null(Taken(table, "/b"));
    }

    [Fact]
    public void Routes_that_exclude_the_caller_leave_the_service_its_own_route()
    {
        var table = Sidecar(DistributorRoutes($"[{{ match: [{{ sourceLabels: {{ app: other }} }}], route: [{To("v2")}] }}]"));

        Assert.Equal("default", Taken(table, "/"));
    }

    [Theory]
    [InlineData("gopher-distributor", true)]
    [InlineData("gopher-distributor.gophers", true)]
    [InlineData("gopher-distributor.gophers.svc", true)]
    [InlineData("gopher-distributor.gophers.svc.cluster.local", true)]
    [InlineData("gopher-distributor.gophers.svc.cluster.local.", true)]
    [InlineData("GOPHER-distributor.gophers:80", true)]
    [InlineData("gopher-distributor.other", false)]
    public void A_sidecar_knows_a_service_by_each_of_its_names(string authority, bool known) =>
        Assert.Equal(known, Sidecar("").Find(authority) is not null);

    [Fact]
    public void The_name_alone_is_for_callers_of_the_same_namespace()
    {
        var stranger = new PodIdentity("pod", "elsewhere", new Dictionary<string, string>());

        var table = SidecarTable.Build(TestMesh.Model(""), stranger, 80);

        Assert.Null(table.Find("gopher-distributor"));
        Assert.NotNull(table.Find("gopher-distributor.gophers"));
    }

    [Fact]
    public void Of_two_virtual_services_for_a_host_a_sidecar_takes_the_older()
    {
        var younger = VirtualService("a", Distributor, "mesh", $"[{{ name: younger, route: [{To("v1")}] }}]").Replace(
            "namespace: gophers }", "namespace: gophers, creationTimestamp: '2026-11-22T00:00:02Z' }", StringComparison.Ordinal);
        var older = VirtualService("b", Distributor, "mesh", $"[{{ name: older, route: [{To("v1")}] }}]").Replace(
            "namespace: gophers }", "namespace: gophers, creationTimestamp: '2026-11-22T00:00:01Z' }", StringComparison.Ordinal);

        Assert.Equal("older", Taken(Sidecar($"{younger}\n---\n{older}"), "/"));
    }

    [Fact]
    public void An_exact_host_wins_over_a_wildcard()
    {
        var wildcard = VirtualService("a", "*.gophers.svc.cluster.local", "mesh", $"[{{ name: wildcard, route: [{To("v1")}] }}]");
        var exact = VirtualService("b", Distributor, "mesh", $"[{{ name: exact, route: [{To("v1")}] }}]");
        var table = Sidecar($"{wildcard}\n---\n{exact}");

        Assert.Equal("exact", Taken(table, "/"));
        Assert.Equal("wildcard", table.Find(Requester)?.Find(new Request("/", Requester))?.Name);
    }

    private static RouteTable Sidecar(string yaml) => SidecarTable.Build(TestMesh.Model(yaml), TestMesh.Caller, 80);

    private static string? Taken(RouteTable table, string target) =>
        table.Find(Distributor)!.Find(new Request(target, "a.example.com", ("x-one", "1"), ("x-two", "a"), ("x-two", "b")))?.Name;
}

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/a/b?c=d?e", "/a/b", "c=d?e")]
    [InlineData("/a//b", "/a//b", "")]
    [InlineData("/a/./b/../c", "/a/c", "")]
    [InlineData("/a/..", "/", "")]
    [InlineData("/../../a", "/a", "")]
    [InlineData("/a/%2e%2E/b", "/b", "")]
    [InlineData("/a\\b", "/a/b", "")]
    [InlineData("/a%2Fb%20%41", "/a%2Fb%20A", "")]
    [InlineData("/?to=/../x", "/", "to=/../x")]
    [InlineData("*", "*", "")]
    public void A_target_is_taken_apart_and_its_path_normalized(string target, string path, string query) =>
        Assert.Equal((path, query), RequestTarget.Parse(target));
}
