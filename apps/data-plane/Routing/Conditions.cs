using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Routing;

/// <summary>
/// A condition on one header. Of several lines one has to meet it, or if it is inverted none may: Envoy since 1.39 looks at each
/// (changelog, match_headers_individually), where it took them for one value, joined by commas, before.
/// </summary>
internal readonly record struct HeaderCondition(string Name, StringMatcher Value, bool Inverted)
{
    public bool Holds(IRouteRequest request)
    {
        var values = request.Header(Name);

        // Istio has an absent header compared as empty where it must not match, but for presence (route.go, TranslateRouteMatch).
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

/// <summary>A condition on the first value of one query parameter, compared as it was sent, undecoded (envoy config_utility.cc).</summary>
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
