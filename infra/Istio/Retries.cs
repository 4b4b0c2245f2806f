namespace GopherMesh.Infra.Istio;

/// <summary>Sets of HTTP methods, as regular expressions of a route's match.</summary>
internal static class HttpMethods
{
    /// <summary>The methods whose effect is the same however often a request is repeated (RFC 9110, section 9.2.2): they may be retried and mirrored.</summary>
    public const string Idempotent = "GET|HEAD|OPTIONS|TRACE|PUT|DELETE";
}

/// <summary>When a request is retried, so that one failing pod does not fail a request.</summary>
internal static class Retries
{
    /// <summary>Two more: with three pods, of which a rollout and a failure may take one each, the third try finds the third pod.</summary>
    private const int Attempts = 2;

    /// <summary>For requests that may run twice: whenever there was no answer, or a proxy answered 503.</summary>
    /// <remarks>Not for 500, 502 and 504: the service has tried by then, and trying again multiplies its load when it is failing.</remarks>
    public static HttpRetryArgs OfIdempotent(string perTryTimeout) => new()
    {
        Attempts = Attempts,
        PerTryTimeout = perTryTimeout,
        RetryOn = "connect-failure,refused-stream,reset,503",
    };

    /// <summary>For every other request: only when it certainly has not reached a service.</summary>
    public static HttpRetryArgs OfOthers() => new()
    {
        Attempts = Attempts,
        RetryOn = "connect-failure,refused-stream,reset-before-request",
    };
}
