using Pulumi;

namespace GopherMesh.Infra.Istio;

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
