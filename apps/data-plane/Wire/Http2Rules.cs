using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.DataPlane.Wire;

/// <summary>
/// What Envoy's codec of HTTP/2 takes (quiche http2/adapter/header_validator.cc; nghttp2_check_path), beyond what Kestrel and .NET's client
/// refuse themselves. As HTTP/1.1 the other messages could be read as something else, or as one whose body never ends.
/// </summary>
internal static class Http2Rules
{
    private static readonly string[] OfOneConnection = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

    /// <summary>Whether a request is one; the stream of another is reset.</summary>
    public static bool IsRequest(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var headers = context.Request.Headers;
        return target.All(character => character is > ' ' and not '\x7f')
            && RequestLine.IsAuthority(headers.Host.ToString())
            && headers.TE.All(value => value is null or "trailers")
            && AreHeaders(headers);
    }

    /// <summary>Whether an application's answer is one.</summary>
    /// <param name="headers">Its headers.</param>
    /// <param name="length">The length that it declares; null for none.</param>
    public static bool IsAnswer(IHeaderDictionary headers, out long? length)
    {
        length = null;
        var declared = headers["content-length"].Distinct().ToList();
        if (declared.Count > 0)
        {
            length = declared is [var only] && long.TryParse(only, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        }

        // The caller's proxy and the destination's add headers of their own, as for answers of HTTP/1.1.
        return length is not < 0 && AreHeaders(headers) && headers.Sum(header => header.Value.Count) <= MessageHead.MostFields - 3;
    }

    /// <summary>Whether all are headers of a message, or of its trailers.</summary>
    public static bool AreHeaders(IHeaderDictionary headers) => headers.All(header =>
        MessageHead.IsToken(header.Key)
        && !OfOneConnection.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
        && header.Value.All(value => value is null || MessageHead.IsValue(value)));
}

/// <summary>A body that has the length which its head declares, or breaks off.</summary>
internal sealed class DeclaredBody(Stream body, long length) : ReadOnlyStream
{
    private long _left = length;

    /// <exception cref="IOException">It is shorter or longer.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await body.ReadAsync(buffer, cancellationToken);
        _left -= count;
        return _left < 0 || (count == 0 && buffer.Length > 0 && _left > 0)
            ? throw new IOException("The body has not the length that its head declares.")
            : count;
    }
}
