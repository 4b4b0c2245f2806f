using System.Buffers;
using System.Text.RegularExpressions;

namespace GopherMesh.DataPlane.Wire;

/// <summary>
/// Method and target of a request of HTTP/1.1, under Envoy's rules (balsa_parser.cc, codec_impl.cc, header_utility.cc) as Istio sets them:
/// only the methods that Envoy knows, no HTTP/1.0 (PILOT_HTTP10 is off), fragments are cut off.
/// </summary>
/// <param name="Method">The method.</param>
/// <param name="Authority">The host of an absolute target, or of CONNECT; null if only the Host header names it.</param>
/// <param name="Target">Path and query; <c>*</c> of OPTIONS; empty for CONNECT.</param>
internal sealed partial record RequestLine(string Method, string? Authority, string Target)
{
    // balsa_parser.cc, kValidMethods.
    private static readonly HashSet<string> Methods =
    [
        "ACL", "BIND", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET", "HEAD", "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL",
        "MOVE", "MSEARCH", "NOTIFY", "OPTIONS", "PATCH", "POST", "PROPFIND", "PROPPATCH", "PURGE", "PUT", "QUERY", "REBIND", "REPORT",
        "SEARCH", "SOURCE", "SUBSCRIBE", "TRACE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
    ];

    // nghttp2's VALID_AUTHORITY_CHARS, which Envoy checks hosts with.
    private static readonly SearchValues<char> AuthorityCharacters =
        SearchValues.Create("!$%&'()*+,-.:;=@[]_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Parses a request line.</summary>
    /// <exception cref="MalformedMessageException">400; 426 for another version; 403 for https on a plain port.</exception>
    public static RequestLine Parse(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is < 2 or > 3 || !Methods.Contains(words[0]))
        {
            throw new MalformedMessageException(400);
        }

        var parsed = ParseTarget(words[0], words[1]);
        if (words.Length == 2 || (words[2] != "HTTP/1.1" && Version().IsMatch(words[2])))
        {
            throw new MalformedMessageException(426);
        }

        if (words[2] != "HTTP/1.1")
        {
            throw new MalformedMessageException(400);
        }

        // Envoy's parser knows QUERY, its connection manager does not (seen on Envoy 1.40).
        return parsed.Method == "QUERY" ? throw new MalformedMessageException(400, withBody: false) : parsed;
    }

    /// <summary>Refuses text that cannot become a request line.</summary>
    /// <exception cref="MalformedMessageException">It cannot.</exception>
    public static void CheckBeginning(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end >= 0)
        {
            Parse(text[..end].TrimEnd('\r'));
        }
        else if (text.Length > 0 && !char.IsAsciiLetterUpper(text[0]))
        {
            throw new MalformedMessageException(400);
        }
    }

    public static bool IsAuthority(string text) => !text.AsSpan().ContainsAnyExcept(AuthorityCharacters);

    private static RequestLine ParseTarget(string method, string target)
    {
        if (target.AsSpan().ContainsAnyExceptInRange('\x21', '\x7e'))
        {
            throw new MalformedMessageException(400);
        }

        if (method == "CONNECT")
        {
            return HostAndPort().IsMatch(target) ? new(method, target, "") : throw new MalformedMessageException(400);
        }

        if (target.StartsWith('/'))
        {
            return new(method, null, WithoutFragment(target));
        }

        if (target == "*" && method == "OPTIONS")
        {
            return new(method, null, target);
        }

        return ParseAbsolute(method, target);
    }

    private static RequestLine ParseAbsolute(string method, string target)
    {
        var absolute = Absolute().Match(target);
        if (!absolute.Success)
        {
            throw new MalformedMessageException(400);
        }

        if (absolute.Groups["scheme"].Length == "https".Length)
        {
            throw new MalformedMessageException(403);
        }

        var path = absolute.Groups["path"].Value;
        return new(method, absolute.Groups["host"].Value, WithoutFragment(path.Length == 0 ? "/" : path));
    }

    private static string WithoutFragment(string target) => target.Split('#', 2)[0];

    [GeneratedRegex(@"\AHTTP/[0-9]\.[0-9]\z")]
    private static partial Regex Version();

    [GeneratedRegex(@"\A[^/:@]+:[0-9]+\z|\A\[[0-9A-Fa-f:.]+\]:[0-9]+\z")]
    private static partial Regex HostAndPort();

    // Text before an @ is not part of the host.
    [GeneratedRegex(@"\A(?<scheme>https?)://(?:[^/@]*@)?(?<host>(?:\[[^\]/]*\]|[^/:]+)(?::[0-9]*)?)(?<path>/.*)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Absolute();
}
