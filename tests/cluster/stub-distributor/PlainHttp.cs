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

/// <summary>What came back of a <see cref="Question"/>.</summary>
/// <param name="Status">The status; 0 if the connection was refused or ended without an answer.</param>
/// <param name="Headers">Names in lower case, each with its values joined by a comma.</param>
/// <param name="Body">The body.</param>
/// <param name="ElapsedMilliseconds">From dialling to the end of the answer.</param>
public sealed record Reply(int Status, IReadOnlyDictionary<string, string> Headers, string Body, double ElapsedMilliseconds)
{
    private const string EndOfHead = "\r\n\r\n";

    /// <summary>No answer at all.</summary>
    public static Reply None { get; } = new(0, new Dictionary<string, string>(), "", 0);

    /// <summary>Reads an answer as far as it has come; null while there is more to come.</summary>
    /// <param name="received">An answer with a length or in chunks; one with neither has no body.</param>
    /// <param name="ended">Nothing more will come.</param>
    public static Reply? Parse(string received, bool ended)
    {
        var end = received.IndexOf(EndOfHead, StringComparison.Ordinal);
        if (end < 0)
        {
            return ended ? None : null;
        }

        var lines = received[..end].Split("\r\n");
        var headers = lines[1..].Select(line => line.Split(':', 2))
            .GroupBy(line => line[0].ToLowerInvariant(), line => line[1].Trim())
            .ToDictionary(values => values.Key, values => string.Join(",", values));
        var body = BodyOf(headers, received[(end + EndOfHead.Length)..]);
        return body is null && !ended ? null : new Reply(int.Parse(lines[0].Split(' ')[1]), headers, body ?? "", 0);
    }

    private static string? BodyOf(Dictionary<string, string> headers, string rest)
    {
        if (headers.TryGetValue("content-length", out var length))
        {
            return rest.Length >= int.Parse(length) ? rest[..int.Parse(length)] : null;
        }

        return headers.GetValueOrDefault("transfer-encoding") == "chunked" ? Joined(rest) : "";
    }

    /// <summary>The chunks of a body as one; null if the last is not there (RFC 9112, section 7.1).</summary>
    private static string? Joined(string chunks)
    {
        var joined = "";
        while (chunks.IndexOf("\r\n", StringComparison.Ordinal) is var line and > 0)
        {
            var length = Convert.ToInt32(chunks[..line], 16);
            if (length == 0)
            {
                return chunks.Contains(EndOfHead, StringComparison.Ordinal) ? joined : null;
            }

            if (chunks.Length < line + length + 4)
            {
                return null;
            }

            joined += chunks[(line + 2)..(line + 2 + length)];
            chunks = chunks[(line + length + 4)..];
        }

        return null;
    }
}
