using static GopherMesh.Tests.Rehearsal.DataPlane.Wire.RawMesh;

namespace GopherMesh.Tests.Rehearsal.DataPlane.Wire;

/// <summary>What routes say of the headers of answers, also of those that Envoy gives itself; as Envoy 1.40 answered on a cluster.</summary>
public sealed class RepliesTests
{
    private const string Raw = "route: [{ destination: { host: raw, port: { number: 80 } } }]";

    private const string Changes =
        "headers: { response: { set: { access-control-allow-origin: 'https://a.test', content-type: text/odd }, add: { x-added: '1' }, remove: [date] } }";

    [Theory]
    [InlineData($"{{ {Raw}, headers: {{ response: {{ set: {{ server: hidden }} }} }} }}")]
    [InlineData($"{{ {Raw}, headers: {{ response: {{ remove: [server] }} }} }}")]
    public async Task The_name_of_the_server_is_the_proxys_whatever_a_route_says(string http)
    {
        var head = await HeadAsync(http);

        Assert.Equal("istio-envoy", RawConnection.Field(head, "server"));
    }

    [Theory]
    [InlineData($"{{ {Raw}, {Changes}, fault: {{ abort: {{ httpStatus: 503, percentage: {{ value: 100 }} }} }} }}", "503 Service Unavailable", "text/odd")]
    [InlineData($"{{ {Changes}, redirect: {{ uri: /new }} }}", "301 Moved Permanently", null)]
    [InlineData($"{{ {Changes}, directResponse: {{ status: 200, body: {{ string: hello }} }} }}", "200 OK", "text/odd")]
    [InlineData($"{{ {Changes}, directResponse: {{ status: 204 }} }}", "204 No Content", null)]
    [InlineData($"{{ route: [{{ destination: {{ host: nobody }} }}], {Changes} }}", "503 Service Unavailable", "text/odd")]
    [InlineData($"{{ route: [{{ destination: {{ host: nowhere.cases.svc.cluster.local }} }}], {Changes} }}", "503 Service Unavailable", null)]
    public async Task Answers_of_the_proxy_get_the_headers_of_the_route_too(string http, string status, string? contentType)
    {
        var head = await HeadAsync(http);

        Assert.StartsWith($"HTTP/1.1 {status}", head, StringComparison.Ordinal);
        Assert.Equal("https://a.test", RawConnection.Field(head, "access-control-allow-origin"));
        Assert.Equal("1", RawConnection.Field(head, "x-added"));
        Assert.Equal(contentType, RawConnection.Field(head, "content-type"));
        Assert.NotNull(RawConnection.Field(head, "date"));
    }

    [Fact]
    public async Task The_headers_of_a_destination_hold_for_an_abort_too() => Assert.Equal("1", RawConnection.Field(
        await HeadAsync(
            "{ route: [{ destination: { host: raw, port: { number: 80 } }, headers: { response: { set: { x-dest: '1' } } } }],"
            + " fault: { abort: { httpStatus: 418, percentage: { value: 100 } } } }"),
        "x-dest"));

    [Fact]
    public async Task A_text_of_the_proxy_has_a_type_whatever_a_route_removes() => Assert.Equal("text/plain", RawConnection.Field(
        await HeadAsync($"{{ {Raw}, headers: {{ response: {{ remove: [content-type] }} }}, fault: {{ abort: {{ httpStatus: 418, percentage: {{ value: 100 }} }} }} }}"),
        "content-type"));

    [Theory]
    [InlineData("", "HTTP/1.1 400 Bad Request", true)]
    [InlineData("connectionPool: { http: { h2UpgradePolicy: UPGRADE } }", "HTTP/1.1 503 Service Unavailable", false)]
    public async Task The_destinations_proxy_refuses_a_path_that_was_rewritten_to_none(string policy, string status, bool isDestinations)
    {
        var head = await HeadAsync($"{{ {Raw}, rewrite: {{ uri: new }} }}", Rule(policy));

        Assert.StartsWith(status, head, StringComparison.Ordinal);
        Assert.Equal(isDestinations, RawConnection.Field(head, "x-envoy-upstream-service-time") is not null);
    }

    [Fact]
    public async Task A_direct_201_says_where() =>
        Assert.Equal("http://reply.test/path?q=1", RawConnection.Field(await HeadAsync("{ directResponse: { status: 201 } }"), "location"));

    [Fact]
    public async Task A_direct_response_may_have_an_empty_body() =>
        Assert.Equal("0", RawConnection.Field(await HeadAsync("{ directResponse: { status: 404, body: { string: '' } } }"), "content-length"));

    [Fact]
    public async Task Times_beyond_the_timers_of_NET_are_taken() => Assert.StartsWith(
        "HTTP/1.1 200", await HeadAsync($"{{ {Raw}, timeout: 2000h, retries: {{ attempts: 1, perTryTimeout: 2000h, backoff: 2000h }} }}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("connectionPool: { tcp: { connectTimeout: 2000h, maxConnectionDuration: 2000h, idleTimeout: 2000h } }")]
    [InlineData("outlierDetection: { interval: 2000h, baseEjectionTime: 2000h }")]
    public async Task Times_of_a_policy_beyond_the_timers_of_NET_are_taken(string policy) =>
        Assert.StartsWith("HTTP/1.1 200", await HeadAsync($"{{ {Raw} }}", Rule(policy)), StringComparison.Ordinal);

    [Fact]
    public async Task Text_of_an_object_beyond_ASCII_arrives_as_UTF_8() => Assert.Equal("caf\u00c3\u00a9", RawConnection.Field(
        await HeadAsync($"{{ {Raw}, headers: {{ response: {{ set: {{ x-name: café }} }} }} }}"), "x-name"));

    [Theory]
    [InlineData("", "cookie: a=1\r\ncookie: b=2\r\n")]
    [InlineData("connectionPool: { http: { h2UpgradePolicy: UPGRADE } }", "cookie: a=1; b=2\r\n")]
    public async Task Several_cookies_are_one_line_where_the_proxies_speak_HTTP_2(string policy, string received)
    {
        var mesh = await StartWithAsync(Route("reply.test", $"{{ {Raw} }}") + Rule(policy));
        using var caller = await mesh.ConnectAsync();
        await caller.WriteAsync("GET / HTTP/1.1\r\nHost: reply.test\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n");
        var head = await caller.ReadHeadAsync();

        Assert.Contains(received, await caller.ReadBodyAsync(head!), StringComparison.Ordinal);
        await mesh.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_who_closes_after_the_whole_answer_has_got_it()
    {
        const int Callers = 300;
        var mesh = await StartWithAsync(Route("reply.test", $"{{ {Raw} }}"));
        for (var i = 0; i < Callers; i++)
        {
            using var caller = await mesh.ConnectAsync();
            await caller.WriteAsync("GET / HTTP/1.1\r\nHost: reply.test\r\n\r\n");
            await caller.ReadBodyAsync((await caller.ReadHeadAsync())!);
            caller.Reset();
        }

        await Eventually.HoldsAsync(() => mesh.Reports.BySource.Count() == Callers);
        Assert.All(mesh.Reports.BySource, report => Assert.Equal(200, report.StatusCode));
        await mesh.DisposeAsync();
    }

    private static string Rule(string policy) => policy.Length == 0 ? "" : $$"""

        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: raw, namespace: cases }
        spec: { host: raw, trafficPolicy: { {{policy}} } }
        """;

    private static async Task<string> HeadAsync(string http, string rule = "")
    {
        var mesh = await StartWithAsync(Route("reply.test", http) + rule);
        try
        {
            using var caller = await mesh.ConnectAsync();
            await caller.WriteAsync("GET /path?q=1 HTTP/1.1\r\nHost: reply.test\r\n\r\n");
            return (await caller.ReadHeadAsync())!;
        }
        finally
        {
            await mesh.DisposeAsync();
        }
    }
}
