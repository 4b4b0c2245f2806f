using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace GopherMesh.Requester;

/// <summary>
/// Which of a request's headers are passed on to the distributor. A proxy cannot tell which outbound request belongs to which inbound
/// one, so a trace is complete only if the application passes these on.
/// </summary>
internal static class HeaderPropagation
{
    /// <summary>W3C Trace Context: the trace, and the caller's span in it.</summary>
    private static readonly string[] TraceContext = ["traceparent", "tracestate"];

    /// <summary>W3C Trace Context and Baggage, B3 (single and multi), and Envoy's request id.</summary>
    /// <seealso href="https://istio.io/latest/docs/tasks/observability/distributed-tracing/overview/"/>
    private static readonly string[] TraceHeaders =
    [
        .. TraceContext, "baggage",
        "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags",
        "x-request-id",
    ];

    /// <summary>Headers of one connection (RFC 9110, 7.6.1) and those that HttpClient sets itself.</summary>
    private static readonly string[] NotPropagated =
    [
        "connection", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "expect",
    ];

    /// <summary>The names to pass on: the trace headers and a deployment's own.</summary>
    /// <param name="configured">The deployment's own.</param>
    /// <param name="traces">Whether the requester records spans; then HttpClient writes W3C Trace Context, with the span of the call.</param>
    public static string[] Names(IEnumerable<string> configured, bool traces)
    {
        var names = TraceHeaders.Union(configured, StringComparer.OrdinalIgnoreCase);
        return [.. traces ? names.Except(TraceContext, StringComparer.OrdinalIgnoreCase) : names];
    }

    /// <summary>Copies every named header that is there, with all its values, unchanged.</summary>
    public static void Copy(IHeaderDictionary from, HttpRequestHeaders to, string[] names)
    {
        foreach (var name in names)
        {
            if (from.TryGetValue(name, out var values))
            {
                to.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    /// <summary>Parses names between commas; refuses invalid header names and headers that cannot be passed on.</summary>
    public static bool TryParseNames(string text, [MaybeNullWhen(false)] out IReadOnlyList<string> names)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        names = parts;
        return parts.All(CanBePropagated);
    }

    private static bool CanBePropagated(string name)
    {
        using var probe = new HttpRequestMessage();
        return probe.Headers.TryAddWithoutValidation(name, "probe") && !NotPropagated.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>
/// The cookie by which the mesh keeps a caller with one version of the distributor: it goes on with the request, and comes back with the
/// answer. The caller's other cookies are none of the distributor's business.
/// </summary>
/// <param name="Name">The cookie's name.</param>
internal sealed record StickyCookie(string Name)
{
    private const int LongestValue = 64;

    /// <summary>Copies the cookie, if it is there and might be one that the mesh has set.</summary>
    public void Copy(IRequestCookieCollection from, HttpRequestHeaders to)
    {
        if (from[Name] is { Length: > 0 and <= LongestValue } value && value.All(IsOfValue))
        {
            to.TryAddWithoutValidation(HeaderNames.Cookie, $"{Name}={value}");
        }
    }

    /// <summary>What the answer says in <c>set-cookie</c> of this cookie; null for nothing.</summary>
    public string? SetBy(HttpResponseHeaders headers) => headers.TryGetValues(HeaderNames.SetCookie, out var lines)
        ? lines.FirstOrDefault(line => line.StartsWith($"{Name}=", StringComparison.Ordinal))
        : null;

    /// <summary>Parses the name of a cookie: a token (RFC 6265, section 4.1.1).</summary>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out StickyCookie cookie)
    {
        cookie = new(text);
        return text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal));
    }

    // Versions and weights are made of these.
    private static bool IsOfValue(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.';
}
