using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Routing;

/// <summary>An HTTPMatchRequest, prepared for one proxy and port: the conditions that depend on the request.</summary>
internal sealed class RouteMatcher
{
    private readonly StringMatcher? _path;
    private readonly StringMatcher? _method;
    private readonly StringMatcher? _scheme;
    private readonly StringMatcher? _authority;
    private readonly HeaderCondition[] _headers;
    private readonly QueryCondition[] _query;

    /// <param name="match">The match; null is every request.</param>
    public RouteMatcher(HttpMatch? match)
    {
        match ??= new HttpMatch();
        Uri = match.Uri;
        _path = match.Uri is null ? null : new(match.Uri, match.IgnoreUriCase);
        _method = match.Method is null ? null : new(match.Method);
        _scheme = match.Scheme is null ? null : new(match.Scheme);
        _authority = match.Authority is null ? null : new(match.Authority);
        _headers =
        [
            .. match.Headers.Select(header => new HeaderCondition(header.Key, new(header.Value), Inverted: false)),
            .. match.WithoutHeaders.Select(header => new HeaderCondition(header.Key, new(header.Value), Inverted: true)),
        ];
        _query = [.. match.QueryParams.Select(parameter => new QueryCondition(parameter.Key, new(parameter.Value)))];
    }

    /// <summary>What a rewrite replaces.</summary>
    public StringMatch? Uri { get; }

    /// <summary>Nothing after this route can be reached (route.go, IsCatchAllRoute).</summary>
    public bool IsCatchAll =>
        Uri is null or { Kind: StringMatchKind.Present } or { Kind: StringMatchKind.Prefix, Pattern: "/" } or { Kind: StringMatchKind.Regex, Pattern: ".*" }
        && _method is null && _scheme is null && _authority is null && _headers.Length + _query.Length == 0;

    public bool Matches(IRouteRequest request) =>
        (_path is null || _path.Matches(request.Path))
        && (_method is null || _method.Matches(request.Method))
        && (_scheme is null || _scheme.Matches(request.Scheme))
        && (_authority is null || _authority.Matches(request.Authority))
        && HeadersMatch(request)
        && QueryMatches(request.Query);

    private bool HeadersMatch(IRouteRequest request)
    {
        foreach (var condition in _headers)
        {
            if (!condition.Holds(request))
            {
                return false;
            }
        }

        return true;
    }

    private bool QueryMatches(string query)
    {
        foreach (var condition in _query)
        {
            if (!condition.Holds(query))
            {
                return false;
            }
        }

        return true;
    }
}
