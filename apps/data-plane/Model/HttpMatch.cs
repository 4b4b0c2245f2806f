namespace GopherMesh.DataPlane.Model;

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
