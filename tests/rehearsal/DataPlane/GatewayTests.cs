using System.Net;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Reading;
using GopherMesh.DataPlane.Routing;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

public sealed class GatewayTests
{
    private static readonly string Direct = "[{ name: r, directResponse: { status: 200 } }]";

    [Theory]
    [InlineData("*", "*", "a.example.com", true)]
    [InlineData("*", "a.example.com", "a.example.com", true)]
    [InlineData("*", "a.example.com", "A.Example.COM:8080", true)]
    [InlineData("*", "a.example.com", "b.example.com", false)]
    [InlineData("a.example.com", "*", "a.example.com", true)]
    [InlineData("a.example.com", "*", "b.example.com", false)]
    [InlineData("*.example.com", "*", "a.example.com", true)]
    [InlineData("*.example.com", "*", "a.b.example.com", true)]
    [InlineData("*.example.com", "*", "example.com", false)]
    [InlineData("*.example.com", "a.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "a.example.com", "b.example.com", false)]
    [InlineData("*.example.com", "*.b.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "*.b.example.com", "a.example.com", false)]
    [InlineData("a.example.com", "b.example.com", "b.example.com", false)]
    [InlineData("gophers/*", "*", "a.example.com", true)]
    [InlineData("./*", "*", "a.example.com", true)]
    [InlineData("other/*", "*", "a.example.com", false)]
    public void A_host_is_answered_if_gateway_and_virtual_service_both_cover_it(string server, string host, string authority, bool answered)
    {
        var gateway = Gateway.Replace("\"*\"", $"\"{server}\"", StringComparison.Ordinal);
        var model = MeshReader.Read(YamlManifests.Read(gateway, GatewayRoutes(host, Direct)));

        var table = GatewayTable.Build(model, new DataPlaneOptions().GatewayPod, 80);

        Assert.Equal(answered, table.Find(authority) is not null);
    }

    [Fact]
    public void The_most_specific_host_wins()
    {
        var model = MeshReader.Read(YamlManifests.Read(
            Gateway,
            VirtualService("all", "*", "gopher-gateway", Direct.Replace("name: r", "name: all", StringComparison.Ordinal)),
            VirtualService("com", "*.example.com", "gopher-gateway", Direct.Replace("name: r", "name: com", StringComparison.Ordinal)),
            VirtualService("b", "*.b.example.com", "gopher-gateway", Direct.Replace("name: r", "name: b", StringComparison.Ordinal)),
            VirtualService("exact", "a.b.example.com", "gopher-gateway", Direct.Replace("name: r", "name: exact", StringComparison.Ordinal))));
        var table = GatewayTable.Build(model, new DataPlaneOptions().GatewayPod, 80);

        string? Taken(string host) => table.Find(host)?.Find(new Request("/", host))?.Name;

        Assert.Equal(("exact", "b", "com", "all"), (Taken("a.b.example.com"), Taken("c.b.example.com"), Taken("c.example.com"), Taken("org")));
    }

    [Fact]
    public void Routes_of_two_virtual_services_for_one_host_follow_each_other_match_alls_last()
    {
        var model = MeshReader.Read(YamlManifests.Read(
            Gateway,
            VirtualService("a", "x.example.com", "gopher-gateway", "[{ name: all, directResponse: { status: 200 } }]"),
            VirtualService("b", "x.example.com", "gopher-gateway", "[{ name: some, match: [{ uri: { prefix: /some } }], directResponse: { status: 200 } }]")));

        var host = GatewayTable.Build(model, new DataPlaneOptions().GatewayPod, 80).Find("x.example.com")!;

        Assert.Equal(["some", "all"], host.Routes.Select(route => route.Name));
    }

    [Fact]
    public void A_gateway_that_selects_other_pods_listens_nowhere_and_is_told()
    {
        var model = MeshReader.Read(YamlManifests.Read(
            DistributorService, Gateway.Replace("istio: ingressgateway", "istio: ingress", StringComparison.Ordinal), GatewayRoutes("*", Direct)));

        Assert.Empty(model.GatewayPorts);
        Assert.Equal("spec.selector", Assert.Single(model.NotRehearsed, field => field.Manifest == "Gateway gophers/gopher-gateway" && field.Path == "spec.selector").Path);
    }

    [Fact]
    public async Task A_caller_may_speak_HTTP_2_in_the_clear_whatever_the_application_speaks()
    {
        await using var mesh = await TestMesh.StartAsync(GatewayRoutes("*", "[{ route: [{ destination: { host: gopher-requester } }] }]"));

        using var answer = await mesh.CurlAsync("h", change: request =>
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact));

        Assert.Equal((200, HttpVersion.Version20), ((int)answer.StatusCode, answer.Version));
    }

    [Fact]
    public async Task An_unknown_host_is_answered_404()
    {
        await using var mesh = await TestMesh.StartAsync(GatewayRoutes("a.example.com", Direct));

        using var known = await mesh.CurlAsync("a.example.com:1234");
        using var unknown = await mesh.CurlAsync("b.example.com");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (known.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task A_server_that_redirects_to_https_does_so_for_its_hosts()
    {
        var redirecting = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: { name: redirecting, namespace: gophers }
            spec:
              selector: { istio: ingressgateway }
              servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["s.example.com"], tls: { httpsRedirect: true } }]
            """;
        await using var mesh = await TestMesh.StartAsync(redirecting);

        using var answer = await mesh.CurlAsync("s.example.com", "/a?b=c");

        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.Equal("https://s.example.com/a?b=c", answer.Headers.Location?.OriginalString);
    }
}
