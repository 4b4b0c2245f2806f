using System.Net;

namespace GopherMesh.Tests.Services;

public sealed class RequesterTests
{
    [Fact]
    public async Task Prefixes_the_distributors_line()
    {
        await using var distributor = await RunningApp.DistributorAsync("v1", "pod-1");
        await using var requester = await RunningApp.RequesterAsync(distributor.Address);

        Assert.Equal("Request >> Gopher Version 1 from pod pod-1\n", await requester.Client.GetStringAsync("/"));
    }

    [Theory]
    [InlineData(500, "answered 500")]
    [InlineData(503, "answered 503")]
    [InlineData(404, "answered 404")]
    [InlineData(429, "answered 429")]
    [InlineData(302, "answered 302")]
    [InlineData(204, "answered 204")]
    public async Task Any_status_but_200_and_504_is_a_bad_gateway(int status, string reason)
    {
        await using var distributor = await FakeDistributor.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        await using var requester = await RunningApp.RequesterAsync(distributor.Address);

        await AssertFailureAsync(requester, HttpStatusCode.BadGateway, reason);
        Assert.Single(distributor.Seen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("one line\nand another\n")]
    [InlineData("a bell \a")]
    public async Task An_answer_that_is_not_one_line_is_a_bad_gateway(string body)
    {
        await using var distributor = await FakeDistributor.AnsweringAsync(200, body);
        await using var requester = await RunningApp.RequesterAsync(distributor.Address);

        await AssertFailureAsync(requester, HttpStatusCode.BadGateway, "answered something other than one line of text");
    }

    [Fact]
    public async Task An_endless_line_is_a_bad_gateway()
    {
        await using var distributor = await FakeDistributor.AnsweringAsync(200, new string('x', 5000));
        await using var requester = await RunningApp.RequesterAsync(distributor.Address);

        await AssertFailureAsync(requester, HttpStatusCode.BadGateway, "answered more than a line can hold");
    }

    [Fact]
    public async Task A_proxys_timeout_is_a_gateway_timeout()
    {
        await using var distributor = await FakeDistributor.AnsweringAsync(504, "upstream request timeout");
        await using var requester = await RunningApp.RequesterAsync(distributor.Address);

        await AssertFailureAsync(requester, HttpStatusCode.GatewayTimeout, "answered 504");
    }

    internal static async Task AssertFailureAsync(RunningApp requester, HttpStatusCode status, string reason)
    {
        using var response = await requester.Client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal($"gopher-distributor {reason}\n", await response.Content.ReadAsStringAsync());
    }
}
