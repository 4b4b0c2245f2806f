using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Wire;

/// <summary>
/// Where the body of a message ends, as Envoy decides it (source/common/http/http1/codec_impl.cc): anything that two readers could
/// take differently is refused.
/// </summary>
/// <param name="IsChunked">The body comes in chunks.</param>
/// <param name="Length">Its length in bytes; null where chunks or the end of the connection mark its end.</param>
internal readonly record struct Framing(bool IsChunked, long? Length)
{
    public static Framing None { get; } = new(false, 0);

    private static Framing Chunked { get; } = new(true, null);

    private static Framing UntilClose { get; } = new(false, null);

    /// <exception cref="MalformedMessageException">400 for lengths, 501 for encodings.</exception>
    public static Framing OfRequest(MessageHead head) => Declared(head) ?? None;

    /// <param name="head">The answer's head.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="status">The answer's status.</param>
    /// <exception cref="MalformedMessageException">Envoy would refuse the answer.</exception>
    public static Framing OfAnswer(MessageHead head, string method, int status)
    {
        var declared = Declared(head);
        if (status == 204 && declared is { Length: not 0 })
        {
            throw new MalformedMessageException(400);
        }

        return method == "HEAD" || status is 101 or 204 or 304 ? None : declared ?? UntilClose;
    }

    private static Framing? Declared(MessageHead head)
    {
        var (lengths, encodings) = (head.Values("content-length"), head.Values("transfer-encoding"));
        if (lengths.Count > 1 || (lengths.Count == 1 && encodings.Count > 0))
        {
            throw new MalformedMessageException(400);
        }

        if (encodings.Count > 0)
        {
            return encodings is [var only] && only.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? Chunked
                : throw new MalformedMessageException(501);
        }

        if (lengths.Count == 0)
        {
            return null;
        }

        return long.TryParse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? new(false, length)
            : throw new MalformedMessageException(400);
    }
}

/// <summary>
/// The headers that concern one connection only: Envoy removes these and no others (conn_manager_utility.cc, mutateRequestHeaders and
/// mutateResponseHeaders; utility.cc, sanitizeConnectionHeader).
/// </summary>
internal static class ConnectionHeaders
{
    private static readonly string[] OfOneConnection = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

    /// <summary>Whether the connection ends after this message.</summary>
    public static bool Closes(IReadOnlyList<string> connection) =>
        Tokens(connection).Contains("close", StringComparer.OrdinalIgnoreCase);

    /// <summary>The protocol to which a request wants to upgrade the connection; null for none. <c>h2c</c> does not count: Envoy ignores it.</summary>
    public static string? UpgradeOf(MessageHead head)
    {
        if (!Tokens(head.Values("connection")).Contains("upgrade", StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        var wanted = Tokens(head.Values("upgrade")).Where(protocol => !protocol.Equals("h2c", StringComparison.OrdinalIgnoreCase)).ToList();
        return wanted.Count == 0 ? null : string.Join(',', wanted);
    }

    /// <summary>Removes from a request what the application does not get. The headers that Connection names belong to the connection too.</summary>
    public static void RemoveFromRequest(IHeaderDictionary headers)
    {
        foreach (var name in Tokens(headers.Connection.OfType<string>()).Where(name => name.ToLowerInvariant() is not ("te" or "close")))
        {
            headers.Remove(name);
        }

        // gRPC needs to know that trailers are understood.
        var takesTrailers = Tokens(headers.TE.OfType<string>()).Contains("trailers", StringComparer.OrdinalIgnoreCase);
        Remove(headers);
        headers.TE = takesTrailers ? "trailers" : StringValues.Empty;
    }

    public static void Remove(IHeaderDictionary headers)
    {
        foreach (var name in OfOneConnection)
        {
            headers.Remove(name);
        }
    }

    private static IEnumerable<string> Tokens(IEnumerable<string> values) =>
        values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>Converts between texts on the wire, which have one character for each byte (Latin-1), and Unicode texts, which are UTF-8 on the wire.</summary>
internal static class WireText
{
    /// <summary>The form of a Unicode text on the wire.</summary>
    public static string Of(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>A text on the wire as Unicode, for messages.</summary>
    public static string Show(string wireText) => Ascii.IsValid(wireText) ? wireText : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(wireText));
}
