namespace GopherMesh.Tests.Services;

public sealed class HeaderPropagationTests
{
    [Theory]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")]
    [InlineData("baggage", "userId=alice,serverNode=DF%2028")]
    [InlineData("b3", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1")]
    [InlineData("x-b3-traceid", "80f198ee56343ba864fe8b2a57d3eff7")]
    [InlineData("x-b3-spanid", "e457b5a2e4d86bd1")]
    [InlineData("x-b3-parentspanid", "05e3ac9a4f6e3b90")]
    [InlineData("x-b3-sampled", "1")]
    [InlineData("x-b3-flags", "1")]
    [InlineData("x-request-id", "3f2c1c5e-0b0a-9d57-8a9c-0e6b2f6c3f10")]
    [InlineData("x-gopher-version", "v2")]
    [InlineData("X-Other", "as configured")]
    [InlineData("x-forwarded-for", "203.0.113.7,198.51.100.9")]
    public async Task Passes_on_unchanged(string name, string value)
    {
        var seen = await SeenByDistributorAsync(name, value, propagated: "x-gopher-version, x-other, x-forwarded-for");

        Assert.Equal(value, seen[name]);
    }

    [Theory]
    [InlineData("authorization", "Bearer secret")]
    [InlineData("cookie", "session=1")]
    [InlineData("x-gopher-version", "v2")]
    [InlineData("x-forwarded-for", "203.0.113.7")]
    public async Task Drops_headers_that_are_not_to_be_passed_on(string name, string value)
    {
        var seen = await SeenByDistributorAsync(name, value, propagated: "");

        Assert.DoesNotContain(name, seen);
    }

    [Fact]
    public async Task Adds_no_trace_of_its_own_if_nobody_records_it()
    {
        var seen = await SeenByDistributorAsync("accept", "text/plain", propagated: "");

        Assert.Equal(["Host"], seen.Keys);
    }

    private static async Task<IReadOnlyDictionary<string, string>> SeenByDistributorAsync(string name, string value, string propagated)
    {
        await using var distributor = await FakeDistributor.AnsweringAsync(200, "Gopher\n");
        await using var requester = await RunningApp.RequesterAsync(distributor.Address, new() { ["PROPAGATED_HEADERS"] = propagated });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        Assert.True(request.Headers.TryAddWithoutValidation(name, value));

        using var response = await requester.Client.SendAsync(request);

        Assert.Equal("Request >> Gopher\n", await response.Content.ReadAsStringAsync());
        return distributor.Seen.Single().Headers;
    }
}
