using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace GopherMesh.DataPlane.Wire;

/// <summary>
/// Start line and fields of a message of HTTP/1, one character for each byte (Latin-1), so that bytes above 0x7f pass unchanged. Read as
/// Envoy's parser reads them (source/common/http/http1/balsa_parser.cc): a folded line goes on after one blank, a CR within a line is dropped.
/// </summary>
internal sealed record MessageHead(string StartLine, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    /// <summary>Envoy's max_headers_count.</summary>
    public const int MostFields = 100;

    /// <summary>Istio's max_request_headers_kb, 60 KiB.</summary>
    public const int MostRequestBytes = 60 * 1024;

    /// <summary>Envoy passes heads of answers far beyond 60 KiB; this limits the memory that a broken application can use.</summary>
    public const int MostAnswerBytes = 1024 * 1024;

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Append(0x7f).Select(code => (char)code).Where(character => character != '\t')]);

    /// <summary>The values of a field, one for each of its lines.</summary>
    public IReadOnlyList<string> Values(string name) =>
        [.. Fields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];

    /// <summary>Reads the next head; null if the connection ended before one began.</summary>
    /// <param name="input">The connection.</param>
    /// <param name="mostBytes">The size from which on a head is refused.</param>
    /// <param name="checkEarly">Sees what is there of a head that is not complete, to refuse it at once; null for no one.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MalformedMessageException">It is not a head, or it is too large.</exception>
    public static async ValueTask<MessageHead?> ReadAsync(
        PipeReader input, int mostBytes, Action<string>? checkEarly, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellation);
            var text = Encoding.Latin1.GetString(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, mostBytes + 1)));
            var start = text.Length - text.TrimStart('\r', '\n').Length;
            if (EndOfHead(text, start) is { } end && end - start <= mostBytes)
            {
                input.AdvanceTo(read.Buffer.GetPosition(end));
                return Parse(text[start..end]);
            }

            // Blank lines before a head are skipped, however many come; what was not looked at yet is there at once.
            input.AdvanceTo(read.Buffer.GetPosition(start), read.Buffer.GetPosition(text.Length));
            if (text.Length - start > mostBytes)
            {
                throw new MalformedMessageException(431);
            }

            if (read.IsCompleted)
            {
                return text.Length == start ? null : throw new MalformedMessageException(400);
            }

            checkEarly?.Invoke(text[start..]);
        }
    }

    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>Whether a text can be the value of a field.</summary>
    public static bool IsValue(string text) => !text.AsSpan().ContainsAny(Controls);

    private static int? EndOfHead(string text, int start)
    {
        for (var index = text.IndexOf('\n', start); index >= 0; index = text.IndexOf('\n', index + 1))
        {
            var next = index + 1 < text.Length && text[index + 1] == '\r' ? index + 2 : index + 1;
            if (next < text.Length && text[next] == '\n')
            {
                return next + 1;
            }
        }

        return null;
    }

    private static MessageHead Parse(string text)
    {
        var lines = text.Split('\n').Select(line => line.Replace("\r", "", StringComparison.Ordinal)).ToList();
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var line in lines.Skip(1).Where(line => line.Length > 0))
        {
            if (line[0] is ' ' or '\t')
            {
                fields[^1] = fields.Count > 0
                    ? new(fields[^1].Key, $"{fields[^1].Value} {Value(line)}".Trim(' ', '\t'))
                    : throw new MalformedMessageException(400);
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !IsToken(line[..colon]))
            {
                throw new MalformedMessageException(400);
            }

            fields.Add(new(line[..colon], Value(line[(colon + 1)..])));
        }

        return fields.Count <= MostFields ? new(lines[0], fields) : throw new MalformedMessageException(431);
    }

    private static string Value(string text) =>
        IsValue(text) ? text.Trim(' ', '\t') : throw new MalformedMessageException(400);
}

/// <summary>A message that Envoy refuses. To a caller it answers with <paramref name="status"/>; an answer of an application becomes 502.</summary>
internal sealed class MalformedMessageException(int status, bool withBody = true) : Exception($"Not a message of HTTP/1.1: {status}")
{
    public int Status => status;

    /// <summary>Whether the answer has a body: Envoy's parser writes the reason into it, its connection manager sends none.</summary>
    public bool WithBody => withBody;
}
