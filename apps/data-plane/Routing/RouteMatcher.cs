using System.Text;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.RegularExpressions;
using GopherMesh.DataPlane.Wire;
using Microsoft.Extensions.Primitives;

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

/// <summary>The properties of a request that can choose a route.</summary>
internal interface IRouteRequest
{
    string Method { get; }

    /// <summary><c>http</c> or <c>https</c>, the value of x-forwarded-proto.</summary>
    string Scheme { get; }

    /// <summary>The Host header, port included.</summary>
    string Authority { get; }

    /// <summary>The path as sent, normalized, without the query.</summary>
    string Path { get; }

    /// <summary>The query without its question mark.</summary>
    string Query { get; }

    /// <summary>The values of a header, one for each line; none if it is absent.</summary>
    StringValues Header(string name);
}

/// <summary>
/// A condition on one header. If the header has several lines, one of them has to match, or none if the condition is inverted: since 1.39
/// Envoy checks each line (changelog, match_headers_individually); before, it joined the lines with commas.
/// </summary>
internal readonly record struct HeaderCondition(string Name, StringMatcher Value, bool Inverted)
{
    public bool Holds(IRouteRequest request)
    {
        var values = request.Header(Name);

        // In an inverted condition, except for presence, Istio compares an absent header as an empty one (route.go, TranslateRouteMatch).
        var holds = values.Count == 0 ? Inverted && !Value.IsPresent && Value.Matches("") : HoldsForOne(values);
        return holds != Inverted;
    }

    private bool HoldsForOne(StringValues values)
    {
        foreach (var value in values)
        {
            if (Value.Matches(value))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A condition on the first value of one query parameter, compared as it was sent, without decoding (envoy config_utility.cc).</summary>
internal readonly record struct QueryCondition(string Name, StringMatcher Value)
{
    public bool Holds(ReadOnlySpan<char> query)
    {
        foreach (var range in query.Split('&'))
        {
            var parameter = query[range];
            var equals = parameter.IndexOf('=');
            var name = equals < 0 ? parameter : parameter[..equals];
            if (name.SequenceEqual(Name))
            {
                return Value.Matches(equals < 0 ? [] : parameter[(equals + 1)..]);
            }
        }

        return false;
    }
}

/// <summary>A StringMatch, prepared: exact and prefix may ignore case, a regular expression has to match the whole value.</summary>
internal sealed class StringMatcher
{
    private readonly StringMatchKind _kind;
    private readonly string _pattern;
    private readonly StringComparison _comparison;
    private readonly Regex? _regex;

    public StringMatcher(StringMatch match, bool ignoreCase = false)
    {
        _kind = match.Kind;
        _pattern = WireText.Of(match.Pattern);
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _regex = match.Kind == StringMatchKind.Regex ? Re2.TryCompile(match.Pattern, wholeText: true, out _) : null;
    }

    public bool IsPresent => _kind == StringMatchKind.Present;

    public bool Matches(ReadOnlySpan<char> value) => _kind switch
    {
        StringMatchKind.Exact => value.Equals(_pattern, _comparison),
        StringMatchKind.Prefix => value.StartsWith(_pattern, _comparison),
        StringMatchKind.Regex => _regex!.IsMatch(Ascii.IsValid(value) ? value : Re2.Input(value)),
        _ => true,
    };
}
