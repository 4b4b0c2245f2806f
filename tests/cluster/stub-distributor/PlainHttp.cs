using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace GopherMesh.Tests.Stub;

/// <summary>Asks over a connection for each request.</summary>
public static class PlainHttp
{
    private const int AtOnce = 10;

    /// <summary>Far more than any answer takes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>An answer for each time that the question is to be asked.</summary>
    public static async Task<IReadOnlyList<Reply>> AskAsync(Question question)
    {
        List<Reply> replies = [];
        foreach (var burst in Enumerable.Repeat(question, question.Times).Chunk(AtOnce))
        {
            replies.AddRange(await Task.WhenAll(burst.Select(AskOnceAsync)));
        }

        return replies;
    }

    private static async Task<Reply> AskOnceAsync(Question question)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var connection = new TcpClient();
        var start = Stopwatch.GetTimestamp();
        try
        {
            await connection.ConnectAsync(question.Host, question.Port, limit.Token);
            await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(question.Text()), limit.Token);
            var reply = await ReadAsync(connection.GetStream(), limit.Token);
            return reply with { ElapsedMilliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds };
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return Reply.None;
        }
    }

    private static async Task<Reply> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var received = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var count = await stream.ReadAsync(buffer, cancellation);
            received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            if (Reply.Parse(received.ToString(), ended: count == 0) is { } reply)
            {
                return reply;
            }
        }
    }
}
