using System.Net;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

public sealed class ForwardingTests
{
    [Fact]
    public async Task The_gateway_sends_requests_to_the_pods_of_the_service_that_the_route_names()
    {
        await using var mesh = await TestMesh.StartAsync(GatewayRoutes("*", $"[{{ route: [{{ destination: {{ host: {Requester} }} }}] }}]"));

        using var answer = await mesh.CurlAsync("anything.example.com", "/a/b?c=d");

        Assert.Equal("requester-a", await answer.Content.ReadAsStringAsync());
        Assert.Equal("/a/b?c=d", Assert.Single(mesh["requester-a"].Requests).Target);
        Assert.Equal("anything.example.com", mesh["requester-a"].Requests.Single().Headers["Host"]);
    }

    [Fact]
    public async Task A_question_mark_stays_even_where_nothing_follows()
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v2")}] }}]"));

        using var answer = await mesh.CallAsync("/a?");

        Assert.Equal("/a?", Assert.Single(mesh["distributor-v2-a"].Requests).Target);
    }

    [Fact]
    public async Task A_sidecar_routes_what_its_application_sends_to_the_subset()
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v2")}] }}]"));

        using var answer = await mesh.CallAsync();

        Assert.Equal("distributor-v2-a", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(50)]
    [InlineData(99)]
    [InlineData(100)]
    public async Task Weights_split_requests(int weight)
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v1", 100 - weight)}, {To("v2", weight)}] }}]"));

        for (var request = 0; request < 400; request++)
        {
            (await mesh.CallAsync()).EnsureSuccessStatusCode().Dispose();
        }

        // The seed is fixed: the deviation is what it is, and stays below four standard deviations.
        var share = mesh.Versions("v2").Sum(backend => backend.Requests.Count);
        var deviation = Math.Sqrt(400 * weight * (100 - weight)) / 100;
        Assert.InRange(share, (4 * weight) - (4 * deviation), (4 * weight) + (4 * deviation));
    }

    [Fact]
    public async Task Without_a_virtual_service_a_service_gets_requests_at_all_its_pods()
    {
        await using var mesh = await TestMesh.StartAsync("");

        for (var request = 0; request < 50; request++)
        {
            (await mesh.CallAsync(host: "gopher-distributor")).EnsureSuccessStatusCode().Dispose();
        }

        Assert.All(mesh.Backends.Where(backend => backend.App == "gopher-distributor"), backend => Assert.NotEmpty(backend.Requests));
    }

    [Fact]
    public async Task A_subset_without_pods_is_answered_503_no_healthy_upstream()
    {
        await using var mesh = await TestMesh.StartAsync("");
        await mesh.ApplyAsync(DistributorRoutes($"[{{ route: [{To("v2")}] }}]"), mesh.Versions("v1").Select(backend => backend.Endpoint));

        using var answer = await mesh.CallAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("no healthy upstream", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_subset_that_no_rule_declares_is_answered_503()
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v3")}] }}]"));

        using var answer = await mesh.CallAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task A_sidecar_lets_nothing_out_of_the_mesh()
    {
        await using var mesh = await TestMesh.StartAsync("");

        using var answer = await mesh.CallAsync(host: "example.com");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("example.com is not a declared Service", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Bodies_go_both_ways()
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v2")}] }}]"));
        var body = new string('x', 3_000_000);

        using var answer = await mesh.CallAsync(change: request => (request.Method, request.Content) = (HttpMethod.Post, new StringContent(body)));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(body, mesh["distributor-v2-a"].Requests.Single().Body);
    }
}

public sealed class MirrorTests
{
    private static string Mirrored(double percentage, string extra = "") => DistributorRoutes($$"""
        [{ route: [{{To("v1")}}], mirror: { host: {{Distributor}}, subset: v2 }, mirrorPercentage: { value: {{percentage}} } {{extra}} }]
        """);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 12)]
    [InlineData(50, 160, 240)]
    [InlineData(100, 400, 400)]
    public async Task Copies_go_to_the_mirror_while_the_route_answers(double percentage, int least, int most)
    {
        await using var mesh = await TestMesh.StartAsync(Mirrored(percentage));

        for (var request = 0; request < 400; request++)
        {
            using var answer = await mesh.CallAsync();
            Assert.StartsWith("distributor-v1", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await Eventually.HoldsAsync(() => mesh["distributor-v2-a"].Requests.Count >= least);
        Assert.InRange(mesh["distributor-v2-a"].Requests.Count, least, most);
        await Eventually.HoldsAsync(() => mesh.Reports.ByDestination.Count(report => report.Mirrored) == mesh["distributor-v2-a"].Requests.Count);
    }

    [Fact]
    public async Task A_copy_carries_what_the_request_does_and_the_address_of_the_proxy()
    {
        await using var mesh = await TestMesh.StartAsync(Mirrored(100));

        using var answer = await mesh.CallAsync("/path", request =>
        {
            (request.Method, request.Content) = (HttpMethod.Post, new StringContent("body"));
            request.Headers.Add("x-forwarded-for", "203.0.113.7");
        });

        await Eventually.HoldsAsync(() => !mesh["distributor-v2-a"].Requests.IsEmpty);
        var copy = mesh["distributor-v2-a"].Requests.Single();
        Assert.Equal(("POST", "/path", "body", Distributor), (copy.Method, copy.Target, copy.Body, copy.Headers["Host"]));
        Assert.Equal(["203.0.113.7", "127.0.0.1"], copy.Headers["x-forwarded-for"].Split(',', StringSplitOptions.TrimEntries));
        Assert.DoesNotContain("x-forwarded-host", copy.Headers.Keys);
        Assert.Equal("body", mesh.Versions("v1").SelectMany(backend => backend.Requests).Single().Body);
    }

    [Fact]
    public async Task A_mirror_that_hangs_neither_delays_nor_fails_the_caller()
    {
        await using var mesh = await TestMesh.StartAsync(Mirrored(100));
        var hang = new TaskCompletionSource();
        mesh["distributor-v2-a"].Behaviour = _ => hang.Task;

        for (var request = 0; request < 20; request++)
        {
            (await mesh.CallAsync()).EnsureSuccessStatusCode().Dispose();
        }

        await Eventually.HoldsAsync(() => mesh["distributor-v2-a"].Requests.Count == 20);
        hang.SetResult();
    }

    [Fact]
    public async Task A_mirror_that_is_down_does_not_matter()
    {
        await using var mesh = await TestMesh.StartAsync(Mirrored(100));
        await mesh["distributor-v2-a"].DisposeAsync();

        (await mesh.CallAsync()).EnsureSuccessStatusCode().Dispose();

        Assert.Equal(200, mesh.Reports.BySource.Single().StatusCode);
    }

    [Fact]
    public async Task A_retry_is_not_copied_again()
    {
        await using var mesh = await TestMesh.StartAsync(Mirrored(100, ", retries: { attempts: 3, retryOn: 5xx, backoff: 1ms }"));
        foreach (var backend in mesh.Versions("v1"))
        {
            backend.Behaviour = context =>
            {
                context.Response.StatusCode = 500;
                return Task.CompletedTask;
            };
        }

        using var answer = await mesh.CallAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(4, mesh.Versions("v1").Sum(backend => backend.Requests.Count));
        await Eventually.HoldsAsync(() => mesh.Reports.ByDestination.Any(report => report.Mirrored));
        Assert.Single(mesh["distributor-v2-a"].Requests);
    }
}
