using System.Collections.Frozen;

namespace GopherMesh.DataPlane.Model;

/// <summary>Istio's HTTPRetry, as Envoy obeys it.</summary>
/// <param name="Attempts">Retries beyond the first try; 0 switches them off.</param>
/// <param name="PerTryTimeout">For each try until its response's headers; null means no limit.</param>
/// <param name="On">The conditions.</param>
/// <param name="StatusCodes">The codes of the condition retriable-status-codes.</param>
/// <param name="AvoidPreviousHosts">A retry looks for another host, five times at most.</param>
/// <param name="Backoff">Base of the jittered, exponential pause before a retry.</param>
internal sealed record RetryPolicy(
    int Attempts,
    TimeSpan? PerTryTimeout,
    RetryOn On,
    FrozenSet<int> StatusCodes,
    bool AvoidPreviousHosts,
    TimeSpan Backoff)
{
    /// <summary>connect-failure,refused-stream,unavailable,cancelled: the last two are gRPC's.</summary>
    public const RetryOn DefaultConditions =
        RetryOn.ConnectFailure | RetryOn.RefusedStream | RetryOn.GrpcUnavailable | RetryOn.GrpcCancelled | RetryOn.StatusCodes;

    /// <summary>What Istio does where a route has no retries (istio pilot/pkg/networking/core/route/retry/retry.go).</summary>
    public static RetryPolicy Default { get; } = new(
        2, null, DefaultConditions, FrozenSet<int>.Empty, AvoidPreviousHosts: true, DefaultBackoff);

    /// <summary>Envoy's upstream.base_retry_backoff_ms.</summary>
    public static TimeSpan DefaultBackoff => TimeSpan.FromMilliseconds(25);
}

/// <summary>Envoy's x-envoy-retry-on and x-envoy-retry-grpc-on conditions.</summary>
[Flags]
internal enum RetryOn
{
    None = 0,
    ServerError = 1,
    GatewayError = 1 << 1,
    Reset = 1 << 2,
    ConnectFailure = 1 << 3,
    RefusedStream = 1 << 4,
    Retriable4xx = 1 << 5,
    StatusCodes = 1 << 6,
    GrpcCancelled = 1 << 7,
    GrpcUnavailable = 1 << 8,
    GrpcDeadlineExceeded = 1 << 9,
    GrpcInternal = 1 << 10,
    GrpcResourceExhausted = 1 << 11,

    /// <summary>The request was not on its way yet, which for HTTP/1.1 means that there was no connection.</summary>
    ResetBeforeRequest = 1 << 12,
}
