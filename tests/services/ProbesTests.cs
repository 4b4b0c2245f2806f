using System.Net;

namespace GopherMesh.Tests.Services;

public sealed class ProbesTests
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    [Theory]
    [InlineData("/healthz", "ok\n")]
    [InlineData("/readyz", "ready\n")]
    public async Task A_requester_is_well_and_ready_without_its_distributor(string path, string answer)
    {
        await using var requester = await RunningApp.RequesterAsync(Nowhere);

        Assert.Equal(answer, await requester.Client.GetStringAsync(path));
    }

    [Fact]
    public async Task The_version_names_service_version_and_pod()
    {
        await using var distributor = await RunningApp.DistributorAsync("v2", "pod-7");

        Assert.Equal("""{"service":"gopher-distributor","version":"v2","pod":"pod-7"}""", await distributor.Client.GetStringAsync("/version"));
    }

    [Fact]
    public async Task A_draining_service_is_not_ready_but_alive_and_answers_with_connection_close()
    {
        await using var distributor = await RunningApp.DistributorAsync();
        var stopped = distributor.BeginStop();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), await AskAsync(distributor, "/readyz"));
        Assert.Equal((HttpStatusCode.OK, true), await AskAsync(distributor, "/healthz"));
        Assert.Equal((HttpStatusCode.OK, true), await AskAsync(distributor, "/"));
        Assert.False(stopped.IsCompleted);

        distributor.HurryUp();
        await stopped.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_service_that_does_not_drain_keeps_its_connections()
    {
        await using var distributor = await RunningApp.DistributorAsync();

        Assert.Equal((HttpStatusCode.OK, false), await AskAsync(distributor, "/"));
    }

    private static async Task<(HttpStatusCode Status, bool Closes)> AskAsync(RunningApp app, string path)
    {
        using var response = await app.Client.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, response.Headers.ConnectionClose ?? false);
    }
}
