using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Model;

/// <summary>An Istio VirtualService with its names resolved: hosts fully qualified, gateways <c>mesh</c> or <c>namespace/name</c>.</summary>
internal sealed record VirtualService(
    ObjectName Name,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> Gateways,
    IReadOnlyList<HttpRoute> Http)
{
    /// <summary>The name that means every sidecar (istio pkg/config/constants, IstioMeshGateway).</summary>
    public const string Mesh = "mesh";
}

/// <summary>One entry of <c>spec.http</c>: the first whose match holds decides.</summary>
internal sealed record HttpRoute
{
    public string Name { get; init; } = "";

    /// <summary>Alternatives; none means every request.</summary>
    public IReadOnlyList<HttpMatch> Matches { get; init; } = [];

    public IReadOnlyList<RouteDestination> Destinations { get; init; } = [];

    public HttpRedirect? Redirect { get; init; }

    public DirectResponse? DirectResponse { get; init; }

    public HttpRewrite? Rewrite { get; init; }

    /// <summary>For the whole exchange, retries included; null means no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    public RetryPolicy Retries { get; init; } = RetryPolicy.Default;

    public FaultInjection? Fault { get; init; }

    public IReadOnlyList<Mirror> Mirrors { get; init; } = [];

    public HeaderOperations Headers { get; init; } = HeaderOperations.None;
}

/// <summary>Where requests go; Port null lets the Service decide.</summary>
internal sealed record Destination(string Host, string? Subset, int? Port);

/// <summary>A destination and its share of the sum of the weights.</summary>
internal sealed record RouteDestination(Destination Destination, int Weight, HeaderOperations Headers);

/// <summary>A destination that gets copies.</summary>
/// <param name="Destination">Where the copies go.</param>
/// <param name="Percentage">0 to 100; Istio takes 100 where it is not written.</param>
internal sealed record Mirror(Destination Destination, double Percentage);

/// <summary>One HTTPMatchRequest: everything that is set must hold.</summary>
internal sealed record HttpMatch
{
    private static readonly IReadOnlyDictionary<string, StringMatch> NoMatches = new Dictionary<string, StringMatch>();

    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    public string Name { get; init; } = "";

    public StringMatch? Uri { get; init; }

    public bool IgnoreUriCase { get; init; }

    public StringMatch? Scheme { get; init; }

    public StringMatch? Method { get; init; }

    public StringMatch? Authority { get; init; }

    public IReadOnlyDictionary<string, StringMatch> Headers { get; init; } = NoMatches;

    public IReadOnlyDictionary<string, StringMatch> WithoutHeaders { get; init; } = NoMatches;

    public IReadOnlyDictionary<string, StringMatch> QueryParams { get; init; } = NoMatches;

    /// <summary>The port the request was sent to; null is any.</summary>
    public int? Port { get; init; }

    public IReadOnlyDictionary<string, string> SourceLabels { get; init; } = NoLabels;

    public string? SourceNamespace { get; init; }

    /// <summary>Where set, it alone decides about the source: labels and namespace are not looked at (route.go, sourceMatchHTTP).</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];
}

/// <summary>How a StringMatch compares.</summary>
internal enum StringMatchKind
{
    /// <summary>No pattern, or the regex <c>*</c>: the value has to be there (route.go, canBeConvertedToPresentMatch).</summary>
    Present,
    Exact,
    Prefix,

    /// <summary>The whole value, in RE2's syntax.</summary>
    Regex,
}

/// <summary>Istio's StringMatch.</summary>
internal sealed record StringMatch(StringMatchKind Kind, string Pattern)
{
    public static StringMatch Present { get; } = new(StringMatchKind.Present, "");
}

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

/// <summary>Istio's HTTPRewrite: of <paramref name="Uri"/> and <paramref name="Regex"/> one at most is set; RE2's <c>\1</c> is a group.</summary>
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
