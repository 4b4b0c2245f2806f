using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Differential.Cases;
using GopherMesh.Tests.Cluster.Differential.Sides;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>Bytes that no client library sends, and what comes of them: what the rehearsal does was read in Envoy's source.</summary>
/// <param name="Name">Says what is sent.</param>
/// <param name="Bytes">A character for each byte.</param>
/// <param name="EndsSide">The caller says that it will send no more.</param>
/// <param name="Expected">The status, <see cref="Nothing"/> or <see cref="Refused"/>.</param>
internal sealed record RawCase(string Name, string Bytes, bool EndsSide, string Expected)
{
    private const string Host = $"{EditCases.Plain}.test";

    private const string Get = $"GET / HTTP/1.1\r\nhost: {Host}\r\nconnection: close\r\n\r\n";

    private const string Nothing = "nothing";

    private const string Refused = "no headers";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<RawCase> All { get; } =
    [
        new("a mebibyte of blank lines", string.Concat(Enumerable.Repeat("\r\n", 512 * 1024)) + Get, false, "200"),
        new("the end within a body", $"POST / HTTP/1.1\r\nhost: {Host}\r\ncontent-length: 9\r\n\r\nabc", true, Nothing),
        new("the end within a chunk", $"POST / HTTP/1.1\r\nhost: {Host}\r\ntransfer-encoding: chunked\r\n\r\n9\r\nabc", true, Nothing),
        new("HTTP/2", Http2("/", "x", "y"), false, "200"),
        new("HTTP/2, a blank in the path", Http2("/a b", "x", "y"), false, Refused),
        new("HTTP/2, a header with a blank in its name", Http2("/", "x y", "z"), false, Refused),
        new("HTTP/2, transfer-encoding", Http2("/", "transfer-encoding", "chunked"), false, Refused),
        new("HTTP/2, keep-alive", Http2("/", "keep-alive", "5"), false, Refused),
        new("HTTP/2, te that is not trailers", Http2("/", "te", "gzip"), false, Refused),
    ];

    public static TheoryData<string> Names => [.. All.Select(raw => raw.Name)];

    public override string ToString() => Name;

    /// <summary>Sends it to the gateway of one side.</summary>
    /// <returns>What came of it, in the words of <see cref="Expected"/>.</returns>
    public async Task<string> OutcomeAsync(ISide side)
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(Patience);
        await client.ConnectAsync(side.Gateway.Host, side.Gateway.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(Bytes), limit.Token);
        if (EndsSide)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        return Bytes.StartsWith("PRI", StringComparison.Ordinal) ? await OfFramesAsync(stream, limit.Token) : await OfTextAsync(stream, limit.Token);
    }

    private static async Task<string> OfTextAsync(NetworkStream stream, CancellationToken limit)
    {
        var buffer = new byte["HTTP/1.1 200".Length];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit);
        return count == 0 ? Nothing : Encoding.Latin1.GetString(buffer, 0, count)[^3..];
    }

    /// <summary>The next frame that says what becomes of the request: its headers, the end of its stream, or that of the connection.</summary>
    private static async Task<string> OfFramesAsync(NetworkStream stream, CancellationToken limit)
    {
        var head = new byte[9];
        while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, limit) == head.Length)
        {
            await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]], limit);
            switch (head[3])
            {
                case 1:
                    return "200";
                case 3 or 7:
                    return Refused;
            }
        }

        return Refused;
    }

    /// <summary>A connection with one request (RFC 9113), without HPACK's compression (RFC 7541, section 6.2.2).</summary>
    private static string Http2(string path, string name, string value)
    {
        var block = $"{Field(":method", "GET")}{Field(":scheme", "http")}{Field(":authority", Host)}{Field(":path", path)}{Field(name, value)}";
        return $"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{Frame(4, 0, 0, "")}{Frame(1, 0b101, 1, block)}";
    }

    private static string Field(string name, string value) => $"\0{(char)name.Length}{name}{(char)value.Length}{value}";

    private static string Frame(int type, int flags, int stream, string content) =>
        $"\0\0{(char)content.Length}{(char)type}{(char)flags}\0\0\0{(char)stream}{content}";
}

/// <summary>The half of it that needs no cluster.</summary>
public sealed class RawCaseTests
{
    public static TheoryData<string> Names => RawCase.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_rehearsal_does_with_such_bytes_what_Envoys_source_says(string name)
    {
        var raw = RawCase.All.Single(candidate => candidate.Name == name);
        await using var side = await RehearsalSide.StartAsync(ComparedObjects.Routing(JsonNode.Parse("""{ "loadBalancer": { "simple": "ROUND_ROBIN" } }""")!, []));

        Assert.Equal(raw.Expected, await raw.OutcomeAsync(side));
    }
}
