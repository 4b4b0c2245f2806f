using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Whether a policy requires a retry, and after which pause (envoy source/common/router/retry_state_impl.cc).</summary>
internal static class RetryDecision
{
    private const RetryOn AnyFailure = RetryOn.Reset | RetryOn.ServerError | RetryOn.GatewayError;

    /// <summary>Exponential pauses stay below ten times the base.</summary>
    private const int MaximumBackoffFactor = 10;

    public static bool Asks(RetryPolicy policy, TryOutcome outcome) => outcome switch
    {
        TryOutcome.ConnectFailure => Has(policy, AnyFailure | RetryOn.ConnectFailure | RetryOn.ResetBeforeRequest),
        TryOutcome.Reset or TryOutcome.ProtocolError or TryOutcome.TryTimeout => Has(policy, AnyFailure),
        TryOutcome.Discarded => true,
        _ => false,
    };

    /// <param name="policy">The route's policy.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="grpcStatus">The answer's grpc-status; null if it has none.</param>
    public static bool Asks(RetryPolicy policy, int status, string? grpcStatus) =>
        (status >= 500 && Has(policy, RetryOn.ServerError))
        || (status is 502 or 503 or 504 && Has(policy, RetryOn.GatewayError))
        || (status == 409 && Has(policy, RetryOn.Retriable4xx))
        || (Has(policy, RetryOn.StatusCodes) && policy.StatusCodes.Contains(status))
        || (grpcStatus is not null && Has(policy, GrpcCondition(grpcStatus)));

    /// <summary>From 0 to base * (2^retry - 1), at random.</summary>
    public static TimeSpan Pause(RetryPolicy policy, int retry, IRandomSource random)
    {
        var factor = Math.Min(Math.Pow(2, retry) - 1, MaximumBackoffFactor);
        var longest = Math.Max(1, policy.Backoff.TotalMilliseconds * factor);
        return TimeSpan.FromMilliseconds(random.Next((uint)longest));
    }

    private static bool Has(RetryPolicy policy, RetryOn conditions) => (policy.On & conditions) != 0;

    private static RetryOn GrpcCondition(string status) => status switch
    {
        "1" => RetryOn.GrpcCancelled,
        "4" => RetryOn.GrpcDeadlineExceeded,
        "8" => RetryOn.GrpcResourceExhausted,
        "13" => RetryOn.GrpcInternal,
        "14" => RetryOn.GrpcUnavailable,
        _ => RetryOn.None,
    };
}

/// <summary>How one try at a host ended.</summary>
internal enum TryOutcome
{
    /// <summary>The host's answer is on its way to the caller.</summary>
    Answered,

    /// <summary>The host's answer was discarded, because the policy retries its status.</summary>
    Discarded,

    /// <summary>No connection.</summary>
    ConnectFailure,

    /// <summary>The connection went away before the answer.</summary>
    Reset,

    /// <summary>The answer was not HTTP.</summary>
    ProtocolError,

    /// <summary>The limit of one try.</summary>
    TryTimeout,

    /// <summary>The limit of the whole exchange.</summary>
    Timeout,

    /// <summary>A limit of the connection pool; never retried.</summary>
    Overflow,

    /// <summary>The request's body is broken.</summary>
    BrokenRequest,

    /// <summary>With the headers that proxies add, the request is too large for the destination's proxy.</summary>
    TooLarge,

    /// <summary>The caller is gone.</summary>
    CallerGone,
}
