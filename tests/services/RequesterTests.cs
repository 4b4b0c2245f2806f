using System.Net;
using Microsoft.AspNetCore.Http;

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

/// <summary>The requester passes on the one cookie that keeps a caller with a version, and hands it back.</summary>
public sealed class StickyCookieTests
{
    private const string Name = "gopher-distributor-version";
    private const string Set = $"{Name}=v2; Max-Age=600; Path=/; HttpOnly; SameSite=Lax";

    [Theory]
    [InlineData($"session=secret; {Name}=v2; theme=dark", $"{Name}=v2")]
    [InlineData($"{Name}=v1.5", $"{Name}=v1.5")]
    [InlineData("session=secret", null)]
    [InlineData($"{Name}=", null)]
    [InlineData($"{Name}=v2%20x", null)]
    [InlineData($"{Name}=0123456789012345678901234567890123456789012345678901234567890123x", null)]
    public async Task Passes_on_that_cookie_and_no_other(string sent, string? seen)
    {
        await using var distributor = await FakeDistributor.AnsweringAsync(200, "Gopher\n");
        await using var requester = await RequesterAsync(distributor, Name);

        using var response = await AskAsync(requester, sent);

        Assert.Equal(seen, distributor.Seen.Single().Headers.GetValueOrDefault("cookie"));
    }

    [Theory]
    [InlineData(200, Name, Set)]
    [InlineData(503, Name, null)]
    [InlineData(200, "", null)]
    public async Task Hands_the_cookie_back_with_an_answer_alone(int status, string name, string? handedBack)
    {
        await using var distributor = await FakeDistributor.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.SetCookie = new(["other=1; Path=/", Set]);
            return context.Response.WriteAsync("Gopher\n");
        });
        await using var requester = await RequesterAsync(distributor, name);

        using var response = await AskAsync(requester, $"{Name}=v1.5");

        Assert.Equal(handedBack is null ? [] : [handedBack], response.Headers.TryGetValues("set-cookie", out var lines) ? lines : []);
    }

    private static Task<RunningApp> RequesterAsync(FakeDistributor distributor, string name) =>
        RunningApp.RequesterAsync(distributor.Address, new() { ["STICKY_COOKIE"] = name });

    private static Task<HttpResponseMessage> AskAsync(RunningApp requester, string cookie)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("cookie", cookie);
        return requester.Client.SendAsync(request);
    }
}
