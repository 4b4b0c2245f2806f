using System.Globalization;

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
