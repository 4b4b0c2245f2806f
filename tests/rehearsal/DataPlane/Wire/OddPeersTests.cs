using System.Net;
using System.Net.Sockets;
using System.Text;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.Tests.Rehearsal.DataPlane.Wire;

/// <summary>Applications of HTTP/2 that no framework would be: no answer of theirs is passed on as something else, and none is a defect.</summary>
public sealed class OddApplicationsTests
{
    [Theory]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("connection", "close")]
    [InlineData("x y", "a")]
    [InlineData("content-length", "abc")]
    [InlineData("content-length", "-5")]
    public async Task An_answer_with_headers_that_are_none_of_HTTP_2_is_a_protocol_error(string name, string value)
    {
        await using var application = await OddApplication.StartAsync(("200", [(name, value)], "abc"));

        Assert.StartsWith("HTTP/1.1 502", await application.AskAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("99")]
    [InlineData("1000")]
    public async Task An_answer_whose_status_is_none_is_a_protocol_error(string status)
    {
        await using var application = await OddApplication.StartAsync((status, [], ""));

        Assert.StartsWith("HTTP/1.1 502", await application.AskAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_the_application_resets_is_no_protocol_error()
    {
        await using var application = await OddApplication.StartAsync((null, [], ""));

        Assert.StartsWith("HTTP/1.1 503", await application.AskAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_with_more_headers_than_a_proxy_takes_is_a_protocol_error()
    {
        await using var application = await OddApplication.StartAsync(("200", [.. Enumerable.Range(0, 98).Select(number => ($"x{number}", "a"))], ""));

        Assert.StartsWith("HTTP/1.1 502", await application.AskAsync(), StringComparison.Ordinal);
    }

    /// <summary>The connection ends, so that nobody waits for what is missing, or takes what is left for the next answer.</summary>
    [Theory]
    [InlineData("10", "abc")]
    [InlineData("1", "abc")]
    public async Task An_answer_that_has_not_the_length_which_it_declares_breaks_off(string length, string body)
    {
        await using var application = await OddApplication.StartAsync(("200", [("content-length", length)], body));

        var answer = await application.AskAsync();

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.True(answer.Split("\r\n\r\n")[1].Length < int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) || length == "1" && answer.EndsWith("\r\n\r\n", StringComparison.Ordinal), answer);
    }

    [Theory]
    [InlineData("204", "abc", "204")]
    [InlineData("304", "abc", "304")]
    [InlineData("205", "abc", "205")]
    [InlineData("200", "abc", "200")]
    [InlineData("999", "", "999")]
    public async Task Whatever_the_status_it_arrives_at_callers_of_HTTP_2_too(string status, string body, string expected)
    {
        await using var application = await OddApplication.StartAsync((status, [], body));

        Assert.Equal(expected, await application.AskByHttp2Async());
    }

    /// <summary>Kestrel, which writes to callers of HTTP/2, has rules of its own for statuses.</summary>
    [Theory]
    [InlineData("204 No Content\r\ncontent-length: 0\r\n\r\n", "204")]
    [InlineData("205 Reset Content\r\ncontent-length: 3\r\n\r\nabc", "205")]
    [InlineData("304 Not Modified\r\ncontent-length: 3\r\n\r\n", "304")]
    [InlineData("600 X\r\ncontent-length: 3\r\n\r\nabc", "600")]
    [InlineData("999 X\r\ncontent-length: 3\r\n\r\nabc", "999")]
    [InlineData("101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", null)]
    [InlineData("65536 X\r\ncontent-length: 3\r\n\r\nabc", null)]
    public async Task No_status_of_an_application_of_HTTP_1_is_a_defect_before_callers_of_HTTP_2(string answer, string? expected)
    {
        var mesh = await RawMesh.StartWithAsync("");
        mesh.Application.Behaviours["odd"] = application => application.WriteAsync($"HTTP/1.1 {answer}");
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, mesh.Plane.GatewayAddress(80)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Host = "echo.test";
        request.Headers.Add("x-case", "odd");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        string? status = null;
        try
        {
            using var response = await client.SendAsync(request, patience.Token);
            status = $"{(int)response.StatusCode}";
        }
        catch (HttpRequestException)
        {
            // The client does not take such a status.
        }

        Assert.Equal(expected, expected is null ? null : status);
        Assert.False(mesh.Plane.Defect.IsCompleted, $"{mesh.Plane.Defect.Exception}");
        await mesh.DisposeAsync();
    }

    /// <summary>A pod that answers each request of HTTP/2 with the same frames, behind a gateway that speaks HTTP/2 to it.</summary>
    private sealed class OddApplication : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private RawMesh _mesh = null!;
        private MeshDataPlane _plane = null!;

        public static async Task<OddApplication> StartAsync((string? Status, (string Name, string Value)[] Headers, string Body) answer)
        {
            var application = new OddApplication();
            application._listener.Start();
            _ = application.ServeAsync(answer);
            application._mesh = await RawMesh.StartWithAsync(RawMesh.Route("odd.test", "{ route: [{ destination: { host: raw, port: { number: 81 } } }] }"));
            var port = ((IPEndPoint)application._listener.LocalEndpoint).Port;
            var pod = new PodEndpoint("odd", "cases", new Dictionary<string, string> { ["app"] = "raw" }, new Dictionary<string, int> { ["8080"] = port }, Ready: true);
            application._plane = await MeshDataPlane.StartAsync(application._mesh.Model, [pod], new DataPlaneOptions { Seed = 1 }, default);
            return application;
        }

        /// <summary>All that a caller of HTTP/1.1 gets until its connection ends.</summary>
        public async Task<string> AskAsync()
        {
            using var caller = await ConnectAsync();
            await caller.WriteAsync("GET / HTTP/1.1\r\nHost: odd.test\r\n\r\n");
            var head = (await caller.ReadHeadAsync())!;
            var whole = RawConnection.Field(head, "content-length") is not null && head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)
                ? head + await caller.ReadToEndAsync()
                : head;
            Assert.False(_plane.Defect.IsCompleted, $"{_plane.Defect.Exception}");
            return whole;
        }

        /// <summary>The status that a caller of HTTP/2 gets.</summary>
        public async Task<string> AskByHttp2Async()
        {
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, _plane.GatewayAddress(80)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            request.Headers.Host = "odd.test";
            using var answer = await client.SendAsync(request);
            Assert.False(_plane.Defect.IsCompleted, $"{_plane.Defect.Exception}");
            return $"{(int)answer.StatusCode}";
        }

        public async ValueTask DisposeAsync()
        {
            await _plane.DisposeAsync();
            await _mesh.DisposeAsync();
            _listener.Dispose();
        }

        private async Task<RawConnection> ConnectAsync()
        {
            var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _plane.GatewayAddress(80).Port);
            return new(client);
        }

        private async Task ServeAsync((string? Status, (string Name, string Value)[] Headers, string Body) answer)
        {
            try
            {
                while (true)
                {
                    using var connection = new RawConnection(await _listener.AcceptTcpClientAsync());
                    await connection.WriteAsync(Http2Frames.Frame(FrameType.Settings, 0, 0, ""));
                    await connection.ReadAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length);
                    var (_, stream) = await Http2Frames.NextAsync(connection, FrameType.Headers);
                    if (answer.Status is null)
                    {
                        await connection.WriteAsync(Http2Frames.Frame(FrameType.Reset, 0, stream, "\0\0\0\u0002"));
                        continue;
                    }

                    var head = Http2Frames.Block([(":status", answer.Status), .. answer.Headers]);
                    await connection.WriteAsync(Http2Frames.Frame(FrameType.Headers, answer.Body.Length > 0 ? 0b100 : 0b101, stream, head));
                    await connection.WriteAsync(answer.Body.Length > 0 ? Http2Frames.Frame(FrameType.Data, 0b1, stream, answer.Body) : "");
                    await Http2Frames.NextAsync(connection, FrameType.GoAway);
                }
            }
            catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
            {
                // Closed by either side.
            }
        }
    }
}

/// <summary>The types of frames that tests send or wait for (RFC 9113, section 6).</summary>
internal enum FrameType
{
    Data = 0,
    Headers = 1,
    Reset = 3,
    Settings = 4,
    GoAway = 7,
}

/// <summary>Frames of HTTP/2, a character for each byte.</summary>
internal static class Http2Frames
{
    /// <summary>The beginning of a connection with one request.</summary>
    public static string Request(string host, string path, params (string Name, string Value)[] headers)
    {
        (string, string)[] pseudo = [(":method", "GET"), (":scheme", "http"), (":authority", host), (":path", path)];
        return $"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{Frame(FrameType.Settings, 0, 0, "")}{Frame(FrameType.Headers, 0b101, 1, Block([.. pseudo, .. headers]))}";
    }

    /// <summary>Headers as HPACK writes them without its compression (RFC 7541, section 6.2.2), each text shorter than 127 bytes.</summary>
    public static string Block((string Name, string Value)[] headers) =>
        string.Concat(headers.Select(header => $"\0{(char)header.Name.Length}{header.Name}{(char)header.Value.Length}{header.Value}"));

    public static string Frame(FrameType type, int flags, int stream, string content) => new StringBuilder()
        .Append((char)0).Append((char)(content.Length >> 8)).Append((char)(content.Length & 0xff))
        .Append((char)type).Append((char)flags).Append("\0\0\0").Append((char)stream).Append(content).ToString();

    /// <summary>The next frame of one of the types, and its stream.</summary>
    public static async Task<(FrameType Type, int Stream)> NextAsync(RawConnection connection, params FrameType[] wanted)
    {
        while (true)
        {
            var head = await connection.ReadAsync(9);
            await connection.ReadAsync((head[0] << 16) | (head[1] << 8) | head[2]);
            if (wanted.Contains((FrameType)head[3]))
            {
                return ((FrameType)head[3], head[8]);
            }
        }
    }
}

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
