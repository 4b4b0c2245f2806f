using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Reading;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>A VirtualService without hosts gives its routes to those that delegate to it (istio pilot/pkg/model/virtualservice.go).</summary>
public sealed class DelegationTests
{
    [Fact]
    public void A_delegates_routes_take_the_place_of_the_route_that_delegates()
    {
        var routes = Merged(
            "[{ name: first, match: [{ uri: { prefix: /a } }], delegate: { name: leaf, namespace: elsewhere } }, { name: last, route: [{ destination: { host: own } }] }]",
            "[{ name: one, match: [{ uri: { prefix: /a/b } }], route: [{ destination: { host: reviews } }] }, { route: [{ destination: { host: ratings.other } }] }]");

        Assert.Equal(["first-one", "first", "last"], routes.Select(route => route.Name));
        Assert.Equal("/a/b", routes[0].Matches.Single().Uri!.Pattern);
        Assert.Equal("/a", routes[1].Matches.Single().Uri!.Pattern);
        // A short name is one of its own object's namespace.
        Assert.Equal("reviews.elsewhere.svc.cluster.local", routes[0].Destinations.Single().Destination.Host);
        Assert.Equal("own.gophers.svc.cluster.local", routes[2].Destinations.Single().Destination.Host);
    }

    [Fact]
    public void A_delegates_route_takes_what_it_does_not_say_of_the_route_that_delegates()
    {
        var routes = Merged(
            "[{ timeout: 3s, rewrite: { uri: /root }, mirror: { host: shadow }, retries: { attempts: 5 }, headers: { request: { set: { x: root } } }, delegate: { name: leaf, namespace: elsewhere } }]",
            "[{ timeout: 1s, mirrorPercentage: { value: 5 }, route: [{ destination: { host: reviews } }] }]");

        var route = routes.Single();
        Assert.Equal(TimeSpan.FromSeconds(1), route.Timeout);
        Assert.Equal("/root", route.Rewrite!.Uri);
        Assert.Equal(("shadow.gophers.svc.cluster.local", 5), (route.Mirrors.Single().Destination.Host, route.Mirrors.Single().Percentage));
        Assert.Equal(5, route.Retries.Attempts);
        Assert.Equal("root", route.Headers.Request.Set.Single().Value);
    }

    [Theory]
    [InlineData("uri: { prefix: /a }", "uri: { prefix: /a/b }", true)]
    [InlineData("uri: { prefix: /a/b }", "uri: { prefix: /a }", false)]
    [InlineData("uri: { prefix: /a }", "uri: { exact: /a }", true)]
    [InlineData("uri: { exact: /a }", "uri: { exact: /a }", true)]
    [InlineData("uri: { exact: /a }", "uri: { prefix: /a }", false)]
    [InlineData("uri: { exact: /a }", "uri: { exact: /b }", false)]
    [InlineData("uri: { regex: '/a.*' }", "uri: { exact: /a }", false)]
    [InlineData("uri: { regex: '/a.*' }", "uri: { regex: '/a.*' }", false)]
    [InlineData("uri: { prefix: /a }", "method: { exact: GET }", true)]
    [InlineData("headers: { x: { exact: a } }", "headers: { x: { exact: b } }", false)]
    [InlineData("headers: { x: { exact: a } }", "headers: { y: { exact: b } }", true)]
    [InlineData("headers: { x: {} }", "headers: { x: { exact: b } }", false)]
    [InlineData("uri: { prefix: /a }, ignoreUriCase: true", "uri: { prefix: /a }", false)]
    [InlineData("port: 80", "port: 81", false)]
    [InlineData("port: 80", "port: 80", true)]
    [InlineData("sourceNamespace: a", "uri: { prefix: /a }", false)]
    [InlineData("sourceLabels: { a: b }", "sourceLabels: { a: c }", false)]
    [InlineData("sourceLabels: { a: b }", "sourceLabels: { c: d }", true)]
    [InlineData("gateways: [mesh]", "gateways: [gw]", false)]
    [InlineData("gateways: [mesh, gophers/gw]", "gateways: [mesh]", true)]
    public void A_delegates_match_holds_where_the_match_around_it_covers_it(string root, string own, bool holds)
    {
        var routes = Merged(
            $"[{{ match: [{{ {root} }}], delegate: {{ name: leaf, namespace: elsewhere }} }}]", $"[{{ match: [{{ {own} }}], route: [{{ destination: {{ host: reviews }} }}] }}]");

        Assert.Equal(holds, routes.Count == 1);
    }

    [Fact]
    public void Two_matches_are_merged_to_one_with_the_conditions_of_both()
    {
        var match = Merged(
            "[{ match: [{ name: a, uri: { prefix: /a }, headers: { x: { exact: a } }, port: 80 }], delegate: { name: leaf, namespace: elsewhere } }]",
            "[{ match: [{ name: b, uri: { exact: /a/b }, headers: { y: { exact: b } } }], route: [{ destination: { host: reviews } }] }]").Single().Matches.Single();

        Assert.Equal(("a-b", "/a/b", 80), (match.Name, match.Uri!.Pattern, match.Port));
        Assert.Equal(["x", "y"], match.Headers.Keys.Order());
    }

    [Fact]
    public void What_delegates_to_nobody_and_whom_nobody_delegates_to_is_told()
    {
        var model = MeshReader.Read(YamlManifests.Read(
            VirtualService("root", "a.example.com", "mesh", "[{ delegate: { name: absent } }, { route: [{ destination: { host: own } }] }]"), Leaf("[{ route: [{ destination: { host: reviews } }] }]")));

        Assert.Single(model.VirtualServices.Single().Http);
        Assert.Equal(
            ["VirtualService elsewhere/leaf: spec", "VirtualService gophers/root: spec.http[0].delegate"],
            model.NotRehearsed.Select(field => $"{field.Manifest}: {field.Path}").Order());
    }

    [Theory]
    [InlineData("['*']", true)]
    [InlineData("[gophers]", true)]
    [InlineData("[nowhere, gophers]", true)]
    [InlineData("[]", true)]
    [InlineData("[.]", false)]
    [InlineData("[elsewhere]", false)]
    public void A_delegate_is_merged_where_its_exportTo_shows_it(string exportTo, bool isShown)
    {
        var model = MeshReader.Read(YamlManifests.Read(
            VirtualService("root", "a.example.com", "mesh", "[{ delegate: { name: leaf, namespace: elsewhere } }, { route: [{ destination: { host: own } }] }]"),
            $"{Leaf("[{ route: [{ destination: { host: reviews } }] }]")}\n  exportTo: {exportTo}"));

        Assert.Equal(isShown ? 2 : 1, model.VirtualServices.Single().Http.Count);
        Assert.Equal(isShown ? [] : ["spec.http[0].delegate"], model.NotRehearsed.Select(field => field.Path));
    }

    [Fact]
    public void A_delegate_of_the_same_namespace_is_merged_though_it_is_shown_to_its_own_alone() => Assert.Single(MeshReader.Read(YamlManifests.Read(
        VirtualService("root", "a.example.com", "mesh", "[{ delegate: { name: leaf, namespace: elsewhere } }]").Replace("gophers", "elsewhere", StringComparison.Ordinal),
        $"{Leaf("[{ route: [{ destination: { host: reviews } }] }]")}\n  exportTo: [.]")).VirtualServices.Single().Http);

    [Theory]
    [InlineData("{ delegate: { name: leaf }, route: [{ destination: { host: a } }] }", "{ route: [{ destination: { host: a } }] }")]
    [InlineData("{ delegate: { name: leaf } }", "{ delegate: { name: other } }")]
    public void A_delegate_beside_another_action_or_within_a_delegate_is_denied(string root, string leaf) =>
        Assert.Contains("delegate", Assert.Throws<UnmodelledFieldException>(() => Merged($"[{root}]", $"[{leaf}]")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_delegates_routes_are_obeyed()
    {
        await using var mesh = await TestMesh.StartAsync(
            DistributorRoutes($"[{{ match: [{{ uri: {{ prefix: /new }} }}], headers: {{ request: {{ set: {{ x-by: root }} }} }}, delegate: {{ name: leaf, namespace: elsewhere }} }}, {{ route: [{To("v1")}] }}]")
            + "\n---\n" + Leaf($"[{{ route: [{To("v2")}] }}]"));

        using var delegated = await mesh.CallAsync("/new/a");
        using var other = await mesh.CallAsync("/old");

        Assert.Equal("root", mesh["distributor-v2-a"].Requests.Single().Headers["x-by"]);
        Assert.Single(mesh.Versions("v1").SelectMany(backend => backend.Requests));
    }

    private static IReadOnlyList<HttpRoute> Merged(string root, string leaf) =>
        MeshReader.Read(YamlManifests.Read(VirtualService("root", "a.example.com", "mesh", root), Leaf(leaf))).VirtualServices.Single().Http;

    private static string Leaf(string http) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: leaf, namespace: elsewhere }
        spec:
          http: {{http}}
        """;
}
