using System.Net;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>What applications and callers see of headers, rewrites and redirects.</summary>
public sealed class HeaderTests
{
    [Fact]
    public async Task The_gateway_notes_the_caller_and_trusts_nothing_from_outside()
    {
        await using var mesh = await TestMesh.StartAsync(GatewayRoutes("*", $"[{{ route: [{{ destination: {{ host: {Requester} }} }}] }}]"));

        using var answer = await mesh.CurlAsync("a.example.com", change: request =>
        {
            request.Headers.Add("x-forwarded-for", "10.1.1.1");
            request.Headers.Add("x-forwarded-proto", "https");
            request.Headers.Add("x-request-id", "mine");
            request.Headers.Add("x-envoy-upstream-rq-timeout-ms", "1");
            request.Headers.Add("x-envoy-original-path", "/");
            request.Headers.Add("x-own", "kept");
        });

        var seen = mesh["requester-a"].Requests.Single().Headers;
        Assert.Equal("10.1.1.1,127.0.0.1", seen["x-forwarded-for"]);
        Assert.Equal(("http", "1", "kept"), (seen["x-forwarded-proto"], seen["x-envoy-attempt-count"], seen["x-own"]));
        Assert.True(Guid.TryParse(seen["x-request-id"], out _));
        Assert.DoesNotContain("x-envoy-upstream-rq-timeout-ms", seen.Keys);
        Assert.DoesNotContain("x-envoy-original-path", seen.Keys);
        Assert.Equal("istio-envoy", answer.Headers.Server.ToString());
        Assert.True(answer.Headers.Contains("x-envoy-upstream-service-time"));
    }

    [Fact]
    public async Task A_sidecar_keeps_what_its_application_passes_on()
    {
        await using var mesh = await TestMesh.StartAsync("");

        using var answer = await mesh.CallAsync(change: request =>
        {
            request.Headers.Add("x-request-id", "mine");
            request.Headers.Add("te", "trailers");
            request.Headers.Add("x-envoy-decorator-operation", "mine");
            request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            request.Headers.Add("x-forwarded-for", "203.0.113.7");
        });

        var seen = mesh.Backends.SelectMany(backend => backend.Requests).Single().Headers;
        Assert.Equal("mine", seen["x-request-id"]);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", seen["traceparent"]);
        Assert.Equal((Distributor, "trailers"), (seen["Host"], seen["te"]));
        Assert.Equal("203.0.113.7", seen["x-forwarded-for"]);
        Assert.DoesNotContain("x-envoy-decorator-operation", seen.Keys);
        Assert.Equal("envoy", answer.Headers.Server.ToString());
    }

    [Fact]
    public async Task Headers_are_removed_set_and_added_by_destination_and_route()
    {
        const string destination = ", headers: { request: { add: { x-add: destination } } }";
        const string route = "headers: { request: { remove: [x-gone], set: { x-set: new }, add: { x-add: route } }, response: { set: { x-answer: set } } }";
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v2", 100, destination)}], {route} }}]"));

        using var answer = await mesh.CallAsync(change: request =>
        {
            request.Headers.Add("x-gone", "1");
            request.Headers.Add("x-set", "old");
            request.Headers.Add("x-add", "own");
        });

        var seen = mesh["distributor-v2-a"].Requests.Single().Headers;
        Assert.DoesNotContain("x-gone", seen.Keys);
        Assert.Equal("new", seen["x-set"]);
        Assert.Equal(["destination", "own", "route"], seen["x-add"].Split(',', StringSplitOptions.TrimEntries).Order());
        Assert.Equal("set", answer.Headers.GetValues("x-answer").Single());
    }

    [Theory]
    [InlineData("", "destination")]
    [InlineData(", { destination: { host: distributor, subset: v1 }, weight: 0 }", "route")]
    public async Task A_single_destination_sets_after_its_route_and_one_of_several_before(string others, string value)
    {
        const string headers = "headers: { request: { set: { x-set: WHO } }, response: { set: { x-set: WHO } } }";
        var destination = $", {headers.Replace("WHO", "destination", StringComparison.Ordinal)}";
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes(
            $"[{{ route: [{To("v2", 100, destination)}{others}], {headers.Replace("WHO", "route", StringComparison.Ordinal)} }}]"));

        using var answer = await mesh.CallAsync();

        Assert.Equal(value, mesh["distributor-v2-a"].Requests.Single().Headers["x-set"]);
        Assert.Equal(value, answer.Headers.GetValues("x-set").Single());
    }

    [Fact]
    public async Task What_is_set_to_nothing_is_not_set()
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v2")}], headers: {{ request: {{ set: {{ x-set: '' }} }} }} }}]"));

        using var answer = await mesh.CallAsync(change: request => request.Headers.Add("x-set", "caller"));

        Assert.Equal("caller", mesh["distributor-v2-a"].Requests.Single().Headers["x-set"]);
    }

    [Theory]
    [InlineData("match: [{ uri: { prefix: /a/ } }], rewrite: { uri: /b/ }", "/a/c?d", "/b/c?d", "x")]
    [InlineData("match: [{ uri: { exact: /a } }], rewrite: { uri: /b }", "/a", "/b", "x")]
    [InlineData("match: [{ uri: { regex: '/a.*' } }], rewrite: { uri: /b }", "/a/c", "/b", "x")]
    [InlineData("rewrite: { uri: /b }", "/a", "/ba", "x")]
    [InlineData("rewrite: { uriRegexRewrite: { match: '/v([0-9]+)/(.*)', rewrite: '/\\2/of/\\1' } }", "/v1/x", "/x/of/1", "x")]
    [InlineData(@"rewrite: { uriRegexRewrite: { match: '(a)', rewrite: '\\1$1${1}\1' } }", "/a?q", "//1$1$%7B1%7Da?q", "x")]
    [InlineData("match: [{ uri: { prefix: /a } }], rewrite: { uri: /b/../%63 }", "/a/d", "/c/d", "x")]
    [InlineData("match: [{ uri: { prefix: /a } }], rewrite: { uri: '/b/../c?d=/../' }", "/a/e?f", "/c?d=/..//e?f", "x")]
    [InlineData("rewrite: { authority: other.example.com }", "/", "/", "other.example.com")]
    [InlineData("headers: { request: { set: { host: other.example.com } } }", "/", "/", "other.example.com")]
    public async Task Requests_are_rewritten(string route, string path, string target, string host)
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v2")}], {route} }}]"));

        using var answer = await mesh.CallAsync(path);

        var seen = mesh["distributor-v2-a"].Requests.Single();
        Assert.Equal(target, seen.Target);
        Assert.Equal(host == "x" ? Distributor : host, seen.Headers["Host"]);
        Assert.Equal(host == "x" ? null : Distributor, seen.Headers.GetValueOrDefault("x-envoy-original-host"));
        Assert.Equal(target == path ? null : path, seen.Headers.GetValueOrDefault("x-envoy-original-path"));
    }

    [Theory]
    [InlineData("uri: /b", "http://h:81/b?q", 301)]
    [InlineData("authority: o", "http://o/a?q", 301)]
    [InlineData("scheme: https", "https://h:81/a?q", 301)]
    [InlineData("port: 8080, redirectCode: 307", "http://h:8080/a?q", 307)]
    [InlineData("port: 80", "http://h:81/a?q", 301)]
    [InlineData("derivePort: FROM_REQUEST_PORT, redirectCode: 308", "http://h:81/a?q", 308)]
    [InlineData("prefixRewrite: /b", "http://h:81/ba?q", 301)]
    public async Task Redirects_name_the_new_place(string redirect, string location, int code)
    {
        await using var mesh = await TestMesh.StartAsync(GatewayRoutes("*", $"[{{ redirect: {{ {redirect} }} }}]"));

        using var answer = await mesh.CurlAsync("h:81", "/a?q");

        Assert.Equal((code, location), ((int)answer.StatusCode, answer.Headers.Location?.OriginalString));
    }

    [Theory]
    [InlineData("uri: /b", "http://h/b?")]
    [InlineData("scheme: https", "https://h/a?")]
    [InlineData("uri: /b?c", "http://h/b?c")]
    public async Task A_redirect_keeps_a_question_mark_without_a_query(string redirect, string location)
    {
        await using var mesh = await TestMesh.StartAsync(GatewayRoutes("*", $"[{{ redirect: {{ {redirect} }} }}]"));

        using var answer = await mesh.CurlAsync("h", "/a?");

        Assert.Equal(location, answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_direct_response_comes_from_the_proxy()
    {
        await using var mesh = await TestMesh.StartAsync(GatewayRoutes("*", "[{ directResponse: { status: 203, body: { string: hello } } }]"));

        using var answer = await mesh.CurlAsync("h");

        Assert.Equal((HttpStatusCode.NonAuthoritativeInformation, "hello"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    // So a cluster answered a generated configuration: a delegate's route keeps its destination, and does not use it.
    [Fact]
    public async Task A_direct_response_of_the_route_that_delegates_has_no_headers_of_the_delegates_destination()
    {
        const string Leaf = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: leaf, namespace: gophers }
            spec: { http: [{ route: [{ destination: { host: gopher-distributor }, headers: { response: { set: { x-set: destination } } } }] }] }
            """;
        await using var mesh = await TestMesh.StartAsync($"{GatewayRoutes("*", "[{ delegate: { name: leaf }, directResponse: { status: 203 } }]")}\n---\n{Leaf}");

        using var answer = await mesh.CurlAsync("h");

        Assert.Equal((HttpStatusCode.NonAuthoritativeInformation, false), (answer.StatusCode, answer.Headers.Contains("x-set")));
    }
}
