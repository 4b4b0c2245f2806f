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

/// <summary>A share of a hundred.</summary>
public sealed class PercentArgs : ResourceArgs
{
    /// <summary>0 to 100.</summary>
    [Input("value", required: true)]
    public required Input<double> Value { get; init; }
}

/// <summary>When a request is tried again.</summary>
public sealed class HttpRetryArgs : ResourceArgs
{
    /// <summary>How many times after the first.</summary>
    [Input("attempts", required: true)]
    public required Input<int> Attempts { get; init; }

    /// <summary>How long one try may take; absent: as long as the route.</summary>
    [Input("perTryTimeout")]
    public Input<string>? PerTryTimeout { get; init; }

    /// <summary>Envoy's conditions and status codes, between commas.</summary>
    [Input("retryOn", required: true)]
    public required Input<string> RetryOn { get; init; }
}

/// <summary>What is changed in headers.</summary>
public sealed class HeadersArgs : ResourceArgs
{
    /// <summary>Those of the request.</summary>
    [Input("request", required: true)]
    public required Input<HeaderOperationsArgs> Request { get; init; }
}

/// <summary>Changes of headers.</summary>
public sealed class HeaderOperationsArgs : ResourceArgs
{
    /// <summary>Headers that get a value, whatever they had before.</summary>
    [Input("set", required: true)]
    public required InputMap<string> Set { get; init; }
}
