namespace GopherMesh.Gopherctl.DataPlane.Routing;

/// <summary>A condition on one header; several values count as one, joined by commas (envoy header_utility.cc).</summary>
internal readonly record struct HeaderCondition(string Name, StringMatcher Value, bool Inverted)
{
    public bool Holds(IRouteRequest request)
    {
        var value = request.Header(Name);
        if (Inverted)
        {
            // Istio has an absent header compared as empty, unless mere presence is asked for (route.go, TranslateRouteMatch).
            return Value.IsPresent ? value is null : !Value.Matches(value ?? "");
        }

        return value is not null && Value.Matches(value);
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
