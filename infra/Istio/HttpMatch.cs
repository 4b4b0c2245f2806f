using Pulumi;

namespace GopherMesh.Infra.Istio;

/// <summary>Conditions on a request, all of which have to hold.</summary>
public sealed class HttpMatchRequestArgs : ResourceArgs
{
    /// <summary>Condition on the method.</summary>
    [Input("method")]
    public Input<StringMatchArgs>? Method { get; init; }

    /// <summary>Conditions on headers, by name in lower case.</summary>
    [Input("headers")]
    public InputMap<StringMatchArgs>? Headers { get; init; }
}

/// <summary>A condition on a text; exactly one of the members is set.</summary>
public sealed class StringMatchArgs : ResourceArgs
{
    /// <summary>The whole text.</summary>
    [Input("exact")]
    public Input<string>? Exact { get; init; }

    /// <summary>A regular expression (RE2) that the whole text matches.</summary>
    [Input("regex")]
    public Input<string>? Regex { get; init; }
}
