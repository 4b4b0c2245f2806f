using System.Diagnostics;
using System.Net;
using GopherMesh.DataPlane.Observing;
using Microsoft.AspNetCore.Http;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>Timeouts, retries and faults over real HTTP.</summary>
public sealed class PolicyTests
{
    private static string To2(string policies) => DistributorRoutes($"[{{ route: [{To("v2")}], {policies} }}]");

    [Fact]
    public async Task A_timeout_is_answered_504()
    {
        await using var mesh = await TestMesh.StartAsync(To2("timeout: 50ms"));
        mesh["distributor-v2-a"].Behaviour = context => Task.Delay(Timeout.Infinite, context.RequestAborted);

        using var answer = await mesh.CallAsync();

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("upstream request timeout", await answer.Content.ReadAsStringAsync());
        Assert.Equal(ResponseMarks.UpstreamRequestTimeout, mesh.Reports.BySource.Single().Flags);
    }

    [Theory]
    [InlineData("5xx", 500, 4)]
    [InlineData("5xx", 404, 1)]
    [InlineData("gateway-error", 503, 4)]
    [InlineData("gateway-error", 500, 1)]
    [InlineData("retriable-4xx", 409, 4)]
    [InlineData("retriable-4xx", 400, 1)]
    [InlineData("reset,503", 503, 4)]
    [InlineData("reset,503", 500, 1)]
    [InlineData("connect-failure,refused-stream,reset-before-request", 503, 1)]
    public async Task Answers_are_retried_as_often_as_the_policy_says(string retryOn, int status, int tries)
    {
        await using var mesh = await TestMesh.StartAsync(To2($"retries: {{ attempts: 3, retryOn: '{retryOn}', backoff: 1ms }}"));
        mesh["distributor-v2-a"].Behaviour = Answer(status);

        using var answer = await mesh.CallAsync();

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(tries, mesh["distributor-v2-a"].Requests.Count);
        Assert.Equal(tries, mesh.Reports.BySource.Single().Attempts);
        Assert.Equal(tries > 1, mesh.Reports.BySource.Single().Flags.HasFlag(ResponseMarks.UpstreamRetryLimitExceeded));
    }

    [Fact]
    public async Task Without_a_policy_answers_are_not_retried() => await TriesAsync("timeout: 10s", Answer(503), expected: 1);

    [Fact]
    public async Task Attempts_0_switches_retries_off() => await TriesAsync("retries: { attempts: 0 }", Answer(500), expected: 1);

    [Fact]
    public async Task A_reset_is_retried_where_the_policy_says_so() =>
        await TriesAsync("retries: { attempts: 2, retryOn: reset, backoff: 1ms }", Reset, expected: 3);

    [Fact]
    public async Task A_retry_sends_the_body_again()
    {
        await using var mesh = await TestMesh.StartAsync(To2("retries: { attempts: 1, retryOn: 5xx, backoff: 1ms }"));
        mesh["distributor-v2-a"].Behaviour = Answer(500);

        using var answer = await mesh.CallAsync(change: request => (request.Method, request.Content) = (HttpMethod.Post, new StringContent("body")));

        Assert.Equal(["body", "body"], mesh["distributor-v2-a"].Requests.Select(request => request.Body));
    }

    [Fact]
    public async Task A_connection_that_fails_is_retried_at_another_host_by_default()
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v1")}] }}]"));
        await mesh["distributor-v1-a"].DisposeAsync();

        for (var request = 0; request < 20; request++)
        {
            using var answer = await mesh.CallAsync();
            Assert.Equal("distributor-v1-b", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task When_no_host_can_be_reached_the_answer_is_503()
    {
        await using var mesh = await TestMesh.StartAsync(To2("timeout: 10s"));
        await mesh["distributor-v2-a"].DisposeAsync();

        using var answer = await mesh.CallAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(3, mesh.Reports.BySource.Single().Attempts);
        Assert.Empty(mesh.Reports.ByDestination);
    }

    [Fact]
    public async Task Each_try_has_its_own_limit()
    {
        await using var mesh = await TestMesh.StartAsync(To2("retries: { attempts: 2, perTryTimeout: 50ms, retryOn: 5xx, backoff: 1ms }"));
        mesh["distributor-v2-a"].Behaviour = context => Task.Delay(Timeout.Infinite, context.RequestAborted);

        using var answer = await mesh.CallAsync();

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal(3, mesh["distributor-v2-a"].Requests.Count);
    }

    [Fact]
    public async Task An_abort_answers_without_the_service()
    {
        await using var mesh = await TestMesh.StartAsync(To2("fault: { abort: { httpStatus: 418, percentage: { value: 100 } } }"));

        using var answer = await mesh.CallAsync();

        Assert.Equal((418, "fault filter abort"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Empty(mesh["distributor-v2-a"].Requests);
    }

    [Theory]
    [InlineData("fault: { abort: { httpStatus: 500, percentage: { value: 0 } } }", 200, 200)]
    [InlineData("fault: { abort: { percentage: { value: 100 } }, delay: { percentage: { value: 100 } } }", 200, 200)]
    [InlineData("fault: { abort: { httpStatus: 500 } }", 200, 200)]
    [InlineData("fault: { abort: { httpStatus: 500, percentage: { value: 30 } } }", 114, 166)]
    public async Task Aborts_fall_to_their_share_of_the_requests(string fault, int least, int most)
    {
        await using var mesh = await TestMesh.StartAsync(To2(fault));
        var answered = 0;
        for (var request = 0; request < 200; request++)
        {
            using var answer = await mesh.CallAsync();
            answered += answer.IsSuccessStatusCode ? 1 : 0;
        }

        Assert.InRange(answered, least, most);
    }

    [Fact]
    public async Task A_delay_comes_first_and_does_not_count_towards_the_timeout()
    {
        await using var mesh = await TestMesh.StartAsync(To2("timeout: 5s, fault: { delay: { fixedDelay: 200ms, percentage: { value: 100 } } }"));
        var watch = Stopwatch.StartNew();

        (await mesh.CallAsync()).EnsureSuccessStatusCode().Dispose();

        Assert.True(watch.Elapsed >= TimeSpan.FromMilliseconds(190));
        Assert.True(mesh.Reports.BySource.Single().Flags.HasFlag(ResponseMarks.DelayInjected));
    }

    private static async Task TriesAsync(string policies, Func<HttpContext, Task> behaviour, int expected)
    {
        await using var mesh = await TestMesh.StartAsync(To2(policies));
        mesh["distributor-v2-a"].Behaviour = behaviour;

        (await mesh.CallAsync()).Dispose();

        Assert.Equal(expected, mesh["distributor-v2-a"].Requests.Count);
    }

    private static Func<HttpContext, Task> Answer(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private static Task Reset(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }
}
