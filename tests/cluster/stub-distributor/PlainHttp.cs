using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace GopherMesh.Tests.Stub;

/// <summary>Asks over a connection for each request.</summary>
public static class PlainHttp
{
    private const int AtOnce = 10;

    /// <summary>Of different questions some are answered slowly.</summary>
    private const int DifferentAtOnce = 48;

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

    /// <summary>An answer to each question, in the same order; several are asked at a time.</summary>
    public static async Task<IReadOnlyList<Reply>> AskEachAsync(IReadOnlyList<Question> questions)
    {
        var replies = new Reply[questions.Count];
        await Parallel.ForAsync(0, questions.Count, new ParallelOptions { MaxDegreeOfParallelism = DifferentAtOnce }, async (index, _) =>
            replies[index] = await AskOnceAsync(questions[index]));
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
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
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
