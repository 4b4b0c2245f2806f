using System.Net;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

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
