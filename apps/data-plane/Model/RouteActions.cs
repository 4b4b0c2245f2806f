using System.Text.RegularExpressions;

namespace GopherMesh.DataPlane.Model;

/// <summary>Istio's HTTPRedirect.</summary>
/// <param name="Uri">Replaces the path; empty keeps it.</param>
/// <param name="PrefixRewrite">Replaces the matched prefix; empty does not.</param>
/// <param name="Authority">Replaces the host; empty keeps it.</param>
/// <param name="Port">The port to name; null for none, see <paramref name="KeepPort"/>.</param>
/// <param name="KeepPort">derivePort FROM_REQUEST_PORT: names the port that the request came to.</param>
/// <param name="Scheme">Replaces the scheme; empty keeps it.</param>
/// <param name="Code">301, 302, 303, 307 or 308.</param>
internal sealed record HttpRedirect(string Uri, string PrefixRewrite, string Authority, int? Port, bool KeepPort, string Scheme, int Code);

/// <summary>An answer without a destination.</summary>
internal sealed record DirectResponse(int Status, string Body);

/// <summary>Istio's HTTPRewrite: of <paramref name="Uri"/> and <paramref name="Regex"/> one at most is set; Envoy's <c>\1</c> is a group.</summary>
internal sealed record HttpRewrite(string? Uri, string? Authority, Regex? Regex, string? Substitution);

/// <summary>Istio's HTTPFaultInjection; the delay comes first.</summary>
internal sealed record FaultInjection(FaultDelay? Delay, FaultAbort? Abort);

/// <summary>Delays <paramref name="Percentage"/> (0 to 100) of the requests.</summary>
internal sealed record FaultDelay(TimeSpan FixedDelay, double Percentage);

/// <summary>Answers <paramref name="Percentage"/> (0 to 100) of the requests with <paramref name="HttpStatus"/>.</summary>
internal sealed record FaultAbort(int HttpStatus, double Percentage);

/// <summary>Changes to the headers of the request and of its response.</summary>
internal sealed record HeaderOperations(HeaderChanges Request, HeaderChanges Response)
{
    public static HeaderOperations None { get; } = new(HeaderChanges.None, HeaderChanges.None);

    /// <summary>These and others together.</summary>
    public HeaderOperations With(HeaderOperations others) => new(Request.With(others.Request), Response.With(others.Response));
}

/// <summary>
/// What happens to one side's headers: removals first, then sets, then additions
/// (istio route.go, TranslateHeadersOperations; envoy header_parser.cc removes, then sets, then adds).
/// </summary>
/// <remarks>Authority is the request's new Host, which Istio takes from set before add; null keeps it.</remarks>
internal sealed record HeaderChanges(
    IReadOnlyList<string> Remove,
    IReadOnlyList<KeyValuePair<string, string>> Set,
    IReadOnlyList<KeyValuePair<string, string>> Add,
    string? Authority)
{
    public static HeaderChanges None { get; } = new([], [], [], null);

    /// <summary>These and others together: where both set a header, the others' value holds; the first authority does.</summary>
    public HeaderChanges With(HeaderChanges others) =>
        new([.. Remove, .. others.Remove], [.. Set, .. others.Set], [.. Add, .. others.Add], Authority ?? others.Authority);
}
