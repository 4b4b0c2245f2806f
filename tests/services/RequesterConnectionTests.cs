using System.Net;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Tests.Services;

public sealed class RequesterConnectionTests
{
    private static readonly Dictionary<string, string> ShortTimeout = new() { ["DISTRIBUTOR_TIMEOUT_MS"] = "50" };
    private static readonly Dictionary<string, string> LongTimeout = new() { ["DISTRIBUTOR_TIMEOUT_MS"] = "10000" };

    [Fact]
    public async Task A_refused_connection_is_a_bad_gateway()
    {
        var distributor = await FakeDistributor.AnsweringAsync(200, "gone");
        var address = distributor.Address;
        await distributor.DisposeAsync();
        await using var requester = await RunningApp.RequesterAsync(address, LongTimeout);

        await RequesterTests.AssertFailureAsync(requester, HttpStatusCode.BadGateway, "cannot be reached");
    }

    [Fact]
    public async Task A_connection_cut_in_the_answer_is_a_bad_gateway()
    {
        await using var distributor = await FakeDistributor.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("Gopher");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using var requester = await RunningApp.RequesterAsync(distributor.Address, LongTimeout);

        await RequesterTests.AssertFailureAsync(requester, HttpStatusCode.BadGateway, "closed the connection before its answer was complete");
    }

    [Theory]
    [InlineData("", "closed the connection before its answer was complete")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", "answered something other than HTTP")]
    public async Task What_is_not_HTTP_is_a_bad_gateway(string answer, string reason)
    {
        using var server = new RawServer(answer);
        await using var requester = await RunningApp.RequesterAsync(server.Address, LongTimeout);

        await RequesterTests.AssertFailureAsync(requester, HttpStatusCode.BadGateway, reason);
    }

    [Fact]
    public async Task A_distributor_that_does_not_answer_is_a_gateway_timeout()
    {
        await using var distributor = await FakeDistributor.StartAsync(context => UntilAbortedAsync(context.RequestAborted));
        await using var requester = await RunningApp.RequesterAsync(distributor.Address, ShortTimeout);

        await RequesterTests.AssertFailureAsync(requester, HttpStatusCode.GatewayTimeout, "did not answer within 50 ms");
    }

    [Fact]
    public async Task A_body_that_does_not_end_is_a_gateway_timeout()
    {
        await using var distributor = await FakeDistributor.StartAsync(async context =>
        {
            await context.Response.WriteAsync("Gopher");
            await context.Response.Body.FlushAsync();
            await UntilAbortedAsync(context.RequestAborted);
        });
        await using var requester = await RunningApp.RequesterAsync(distributor.Address, ShortTimeout);

        await RequesterTests.AssertFailureAsync(requester, HttpStatusCode.GatewayTimeout, "did not answer within 50 ms");
    }

    [Fact]
    public async Task A_client_that_leaves_cancels_the_call()
    {
        var asked = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var distributor = await FakeDistributor.StartAsync(async context =>
        {
            asked.SetResult();
            await UntilAbortedAsync(context.RequestAborted);
            cancelled.SetResult();
        });
        await using var requester = await RunningApp.RequesterAsync(distributor.Address, LongTimeout);

        using var leaving = new CancellationTokenSource();
        var call = requester.Client.GetAsync(new Uri("/", UriKind.Relative), leaving.Token);
        await asked.Task.WaitAsync(Patience.Limit);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        // Well before the call's own timeout, which would also end it.
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(8));
    }

    private static async Task UntilAbortedAsync(CancellationToken aborted)
    {
        var ended = new TaskCompletionSource();
        await using var registration = aborted.Register(ended.SetResult);
        await ended.Task.WaitAsync(Patience.Limit, CancellationToken.None);
    }
}
