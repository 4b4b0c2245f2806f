using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Routing;

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
