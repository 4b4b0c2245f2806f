namespace GopherMesh.Tests.Rehearsal.DataPlane.Wire;

/// <summary>Callers that no client library would be: each gets what Envoy would give it, at once, and is never given a made-up answer.</summary>
public sealed class OddCallersTests(RawMesh mesh) : IClassFixture<RawMesh>
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task Blank_lines_before_a_request_are_skipped_however_many_come()
    {
        using var caller = await mesh.ConnectAsync();

        await caller.WriteAsync(string.Concat(Enumerable.Repeat("\r\n", Megabyte)) + "GET / HTTP/1.1\r\nHost: echo.test\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200", await caller.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nabc")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nab")]
    public async Task A_caller_that_ends_its_side_within_its_body_gets_no_answer(string rest)
    {
        using var caller = await mesh.ConnectAsync();
        await caller.WriteAsync($"POST / HTTP/1.1\r\nHost: echo.test\r\n{rest}");

        caller.EndSending();

        Assert.Equal("", await caller.ReadToEndAsync());
    }

    [Fact]
    public async Task A_caller_that_ends_its_side_before_the_application_answers_gets_no_answer()
    {
        var (asked, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        mesh.Application.Behaviours["late"] = async application =>
        {
            asked.SetResult();
            await ended.Task;
            await application.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        };
        using var caller = await mesh.ConnectAsync();
        await caller.WriteAsync("GET / HTTP/1.1\r\nHost: echo.test\r\nX-Case: late\r\n\r\n");
        await asked.Task;

        caller.EndSending();

        Assert.Equal("", await caller.ReadToEndAsync());
        ended.SetResult();
    }

    [Theory]
    [InlineData("/", "x", "y", true)]
    [InlineData("/?a=b", "te", "trailers", true)]
    [InlineData("/a b", "x", "y", false)]
    [InlineData("/\r\nx: y", "x", "y", false)]
    [InlineData("/\u007f", "x", "y", false)]
    [InlineData("/", "x y", "a", false)]
    [InlineData("/", "transfer-encoding", "chunked", false)]
    [InlineData("/", "keep-alive", "5", false)]
    [InlineData("/", "proxy-connection", "close", false)]
    [InlineData("/", "te", "gzip", false)]
    public async Task A_request_of_HTTP_2_that_would_be_another_one_as_HTTP_1_does_not_reach_the_application(string path, string name, string value, bool isTaken)
    {
        var before = mesh.Application.Heads.Count;
        using var caller = await mesh.ConnectAsync();

        await caller.WriteAsync(Http2Frames.Request("echo.test", path, (name, value)));

        // The answer's headers; or the end of the stream, or of the connection where Kestrel sees it before.
        Assert.Equal(isTaken, (await Http2Frames.NextAsync(caller, FrameType.Headers, FrameType.Reset, FrameType.GoAway)).Type == FrameType.Headers);
        Assert.Equal(isTaken ? 1 : 0, mesh.Application.Heads.Count - before);
    }
}
