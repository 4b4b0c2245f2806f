using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Wire;

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
