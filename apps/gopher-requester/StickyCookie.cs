using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace GopherMesh.Requester;

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
