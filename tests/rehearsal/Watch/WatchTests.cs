using System.Text.Json.Nodes;
using GopherMesh.Gopherctl;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Watch;
using GopherMesh.Tests.Rehearsal.DataPlane;
using GopherMesh.Tests.Rehearsal.Rehearse;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GopherMesh.Tests.Rehearsal.Watch;

/// <summary>`gopherctl watch`, against servers on loopback.</summary>
public class WatchTests
{
    [Fact]
    public async Task Tells_each_answer_and_sums_up_by_version_and_pod()
    {
        await using var system = await WatchedSystem.OfVersionsAsync(1, 2, 1);

        var (exitCode, lines, _) = await WatchAsync(system.Url, "--requests", "6", "--rate", "1000");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal(7, lines.Count);
        Assert.All(lines.SkipLast(1), line => Assert.StartsWith("Request >> Gopher Version", (string?)line["text"], StringComparison.Ordinal));
        Assert.Equal(4, lines.Count(line => (string?)line["version"] == "v1"));
        Assert.Equal(
            [("v1", "gopher-distributor-v1-abc", 4), ("v2", "gopher-distributor-v2-abc", 2)],
            lines[^1]["pods"]!.AsArray().Select(pod => ((string)pod!["version"]!, (string)pod["pod"]!, (int)pod["requests"]!)));
        Assert.Equal((6, 0), ((int)lines[^1]["requests"]!, (int)lines[^1]["failed"]!));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(503)]
    public async Task A_failed_request_is_told_with_its_status_and_makes_the_exit_code_1(int status)
    {
        await using var system = await WatchedSystem.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("no healthy upstream");
        });

        var (exitCode, lines, _) = await WatchAsync(system.Url, "--requests", "2", "--rate", "1000");

        Assert.Equal(ExitCode.NegativeVerdict, exitCode);
        Assert.Equal((status, true, "no healthy upstream"), ((int)lines[0]["status"]!, (bool)lines[0]["failed"]!, (string)lines[0]["text"]!));
        Assert.Equal(2, (int)lines[^1]["failed"]!);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(99, true)]
    [InlineData(200, false)]
    [InlineData(399, false)]
    public void A_status_that_is_none_is_a_failure(int status, bool isFailure) =>
        Assert.Equal(isFailure, new WatchedAnswer(default, default, status, "").Failed);

    [Fact]
    public async Task No_answer_is_a_failure_with_its_reason()
    {
        var (exitCode, lines, _) = await WatchAsync("http://127.0.0.1:1/", "--requests", "1");

        Assert.Equal(ExitCode.NegativeVerdict, exitCode);
        Assert.Null(lines[0]["status"]);
        Assert.Equal("Connection refused", (string?)lines[0]["text"]);
    }

    [Fact]
    public async Task Sends_the_headers_that_it_is_given()
    {
        await using var system = await WatchedSystem.StartAsync(context =>
            context.Response.WriteAsync($"{context.Request.Host} {context.Request.Headers["x-gopher-version"]}"));

        var (_, lines, _) = await WatchAsync(
            system.Url, "--requests", "1", "--header", "Host: gophers.example.com", "--header", "x-gopher-version: v2");

        Assert.Equal("gophers.example.com v2", (string?)lines[0]["text"]);
    }

    [Fact]
    public async Task Stops_when_it_is_asked_to_and_sums_up_what_it_saw()
    {
        using var enough = new CancellationTokenSource();
        var arrived = 0;
        await using var system = await WatchedSystem.StartAsync(context =>
            Interlocked.Increment(ref arrived) <= 2 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, context.RequestAborted));
        var output = new StringWriter();

        // Two are answered, the others hang: whoever stops watching does not wait for them.
        var stop = new StopAfter(2, enough, output);
        var tally = await Watcher.RunAsync(new(new(system.Url), null, 100, []), stop, TimeProvider.System, enough.Token);

        Assert.Equal((2, 0), (tally.Requests, tally.Failed));
        Assert.Contains("\"requests\":2,\"failed\":0", output.ToString().Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hanging_answer_does_not_hold_up_those_after_it()
    {
        var all = new TaskCompletionSource();
        var arrived = 0;
        await using var system = await WatchedSystem.StartAsync(async _ =>
        {
            if (Interlocked.Increment(ref arrived) == 3)
            {
                all.SetResult();
            }

            await all.Task;
        });

        var (exitCode, lines, _) = await WatchAsync(system.Url, "--requests", "3", "--rate", "1000");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal(3, (int)lines[^1]["requests"]!);
    }

    [Theory]
    [InlineData("text/html; charset=utf8", "ok")]
    [InlineData("text/html; charset=windows-1252", "ok")]
    [InlineData("text/html; charset=no-such-charset", "ok")]
    [InlineData("application/octet-stream", "\u001b[2J\u001b]0;pwned\u0007\0\rab")]
    public async Task An_answer_of_any_kind_is_told_and_the_watch_goes_on(string contentType, string text)
    {
        await using var system = await WatchedSystem.StartAsync(async context =>
        {
            context.Response.Headers.ContentType = contentType;
            await context.Response.Body.WriteAsync(System.Text.Encoding.Latin1.GetBytes(text));
        });

        var (exitCode, lines, _) = await WatchAsync(system.Url, "--requests", "2", "--rate", "1000");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal(3, lines.Count);
        Assert.Equal(text, (string?)lines[0]["text"]);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_given_up_and_told()
    {
        var time = new ManualTime();
        await using var system = await WatchedSystem.StartAsync(async context =>
        {
            await context.Response.WriteAsync("first line\n");
            await context.Response.Body.FlushAsync();
            while (!context.RequestAborted.IsCancellationRequested)
            {
                time.Advance(TimeSpan.FromSeconds(10));
                await context.Response.WriteAsync(".", context.RequestAborted);
                await context.Response.Body.FlushAsync();
            }
        });
        var output = new StringWriter();

        var tally = await Watcher.RunAsync(new(new(system.Url), 1, 100, []), new JsonView(output), time, CancellationToken.None);

        Assert.Equal((1, 1), (tally.Requests, tally.Failed));
        // Whether the head has been seen before the time is over is left to chance.
        Assert.Contains("within 30 s", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookies_are_not_kept_so_that_every_answer_is_one_of_chance()
    {
        await using var system = await WatchedSystem.StartAsync(context =>
        {
            context.Response.Headers.SetCookie = "canary-session=abc; Max-Age=86400";
            return context.Response.WriteAsync($"cookie:{context.Request.Headers.Cookie}");
        });

        var (_, lines, _) = await WatchAsync(system.Url, "--requests", "3", "--rate", "100");

        Assert.All(lines.SkipLast(1), line => Assert.Equal("cookie:", (string?)line["text"]));
    }

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("ftp://localhost/")]
    [InlineData("http://localhost/", "--rate", "0")]
    [InlineData("http://localhost/", "--rate", "1001")]
    [InlineData("http://localhost/", "--rate", "NaN")]
    [InlineData("http://localhost/", "--requests", "0")]
    [InlineData("http://localhost/", "--header", "no colon")]
    [InlineData("http://localhost/", "--header", "a b: c")]
    [InlineData("http://localhost/", "--header", "Content-Type: text/plain")]
    [InlineData("http://localhost/", "--header", "content-length: 5")]
    [InlineData("http://localhost/", "--header", "Transfer-Encoding: chunked")]
    [InlineData("http://localhost/", "--unknown", "1")]
    [InlineData]
    public async Task Refuses_bad_input_in_so_many_words(params string[] arguments)
    {
        var (exitCode, lines, error) = await WatchAsync(arguments);

        Assert.Equal(ExitCode.BadInput, exitCode);
        Assert.Empty(lines);
        Assert.Contains("See ./gopherctl watch --help.", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, List<JsonNode> Lines, string Error)> WatchAsync(params string[] arguments)
    {
        using var interrupt = new Interrupt();
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await EntryPoint.RunAsync(["watch", .. arguments], Terminal.Of(output, error), interrupt);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        return (exitCode, lines, error.ToString());
    }

    /// <summary>What is measured is the process's, so nothing else runs meanwhile.</summary>
    [Collection(LiveTests.Name)]
    public class Memory
    {
        [Fact]
        public async Task Of_a_huge_answer_little_is_kept()
        {
            var chunk = new byte[1024 * 1024];
            Array.Fill(chunk, (byte)'x');
            await using var system = await WatchedSystem.StartAsync(async context =>
            {
                for (var sent = 0; sent < 48; sent++)
                {
                    await context.Response.Body.WriteAsync(chunk);
                }
            });
            var before = GC.GetTotalAllocatedBytes();

            var (_, lines, _) = await WatchAsync(system.Url, "--requests", "1");

            Assert.Equal(4096, ((string)lines[0]["text"]!).Length);
            Assert.True(GC.GetTotalAllocatedBytes() - before < 32 * 1024 * 1024, "the body was kept");
        }
    }

    /// <summary>Presses Ctrl-C once so many answers have been shown.</summary>
    private sealed class StopAfter(int answers, CancellationTokenSource stop, TextWriter output) : IWatchView
    {
        public Task ShowAsync(Func<Action<WatchedAnswer>, Task> watch, WatchTally tally) => new JsonView(output).ShowAsync(
            shown => watch(answer =>
            {
                shown(answer);
                if (tally.Requests == answers)
                {
                    stop.Cancel();
                }
            }),
            tally);
    }
}

/// <summary>`gopherctl watch` as a process of its own, ended with Ctrl-C as its help says.</summary>
public class WatchProcessTests
{
    [Theory]
    [InlineData(StatusCodes.Status200OK, ExitCode.Success)]
    [InlineData(StatusCodes.Status503ServiceUnavailable, ExitCode.NegativeVerdict)]
    public async Task Ends_with_a_summary_when_it_is_interrupted_and_with_1_if_a_request_failed(int status, int exitCode)
    {
        await using var system = await WatchedSystem.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("an answer\n");
        });
        await using var gopherctl = new GopherctlProcess(RepositoryRoot.Find(), "watch", system.Url, "--rate", "20");
        await gopherctl.LineAsync(line => line.Contains("an answer", StringComparison.Ordinal));

        ProcessTable.Signal(gopherctl.Id, "INT");

        Assert.Equal(exitCode, await gopherctl.ExitAsync());
        var lines = gopherctl.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.All(lines.SkipLast(1), line => Assert.Equal("an answer", (string?)line["text"]));
        var answers = lines.Count - 1;
        Assert.Equal((answers, exitCode == ExitCode.Success ? 0 : answers), ((int)lines[^1]["requests"]!, (int)lines[^1]["failed"]!));
    }
}

/// <summary>Something to watch: a server on loopback that answers as it is told.</summary>
internal sealed class WatchedSystem : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WatchedSystem(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public static async Task<WatchedSystem> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(answer);
        await app.StartAsync();
        return new WatchedSystem(app);
    }

    /// <summary>Answers the article's lines, version by version in turn.</summary>
    public static Task<WatchedSystem> OfVersionsAsync(params int[] versions)
    {
        var next = -1;
        return StartAsync(context =>
        {
            var version = versions[Interlocked.Increment(ref next) % versions.Length];
            return context.Response.WriteAsync($"Request >> Gopher Version {version} from pod gopher-distributor-v{version}-abc\n");
        });
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
