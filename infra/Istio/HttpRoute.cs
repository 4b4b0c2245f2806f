using Pulumi;

namespace GopherMesh.Infra.Istio;

/// <summary>Conditions on a request; all of them have to hold.</summary>
public sealed class HttpMatchRequestArgs : ResourceArgs
{
    /// <summary>Condition on the method.</summary>
    [Input("method")]
    public Input<StringMatchArgs>? Method { get; init; }

    /// <summary>Conditions on headers, by name in lower case.</summary>
    [Input("headers")]
    public InputMap<StringMatchArgs>? Headers { get; init; }
}

/// <summary>A condition on a string; exactly one of the members is set.</summary>
public sealed class StringMatchArgs : ResourceArgs
{
    /// <summary>The whole string is equal to this one.</summary>
    [Input("exact")]
    public Input<string>? Exact { get; init; }

    /// <summary>The whole string matches this regular expression (RE2).</summary>
    [Input("regex")]
    public Input<string>? Regex { get; init; }
}

/// <summary>A percentage.</summary>
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

    /// <summary>How long one try may take; absent: the timeout of the route.</summary>
    [Input("perTryTimeout")]
    public Input<string>? PerTryTimeout { get; init; }

    /// <summary>Envoy's conditions and status codes, separated by commas.</summary>
    [Input("retryOn", required: true)]
    public required Input<string> RetryOn { get; init; }
}

/// <summary>Faults that a proxy injects; the delay comes first.</summary>
public sealed class HttpFaultInjectionArgs : ResourceArgs
{
    /// <summary>Which requests wait.</summary>
    [Input("delay")]
    public Input<FaultDelayArgs>? Delay { get; init; }

    /// <summary>Which requests are answered by the proxy.</summary>
    [Input("abort")]
    public Input<FaultAbortArgs>? Abort { get; init; }
}

/// <summary>A delay that a proxy injects; the route's timeout begins after it.</summary>
public sealed class FaultDelayArgs : ResourceArgs
{
    /// <summary>How long, at least 1ms.</summary>
    [Input("fixedDelay", required: true)]
    public required Input<string> FixedDelay { get; init; }

    /// <summary>The share of requests.</summary>
    [Input("percentage", required: true)]
    public required Input<PercentArgs> Percentage { get; init; }
}

/// <summary>An error that a proxy answers in the service's place; the route's retries do not apply.</summary>
public sealed class FaultAbortArgs : ResourceArgs
{
    /// <summary>The status.</summary>
    [Input("httpStatus", required: true)]
    public required Input<int> HttpStatus { get; init; }

    /// <summary>The share of requests.</summary>
    [Input("percentage", required: true)]
    public required Input<PercentArgs> Percentage { get; init; }
}

/// <summary>What is changed in headers.</summary>
public sealed class HeadersArgs : ResourceArgs
{
    /// <summary>Those of the request.</summary>
    [Input("request")]
    public Input<HeaderOperationsArgs>? Request { get; init; }

    /// <summary>Those of the answer.</summary>
    [Input("response")]
    public Input<HeaderOperationsArgs>? Response { get; init; }
}

/// <summary>Changes of headers.</summary>
public sealed class HeaderOperationsArgs : ResourceArgs
{
    /// <summary>Headers that get a value, whatever they had before.</summary>
    [Input("set")]
    public InputMap<string>? Set { get; init; }

    /// <summary>Headers that get one more line each.</summary>
    [Input("add")]
    public InputMap<string>? Add { get; init; }
}
