namespace GopherMesh.Infra.Istio;

/// <summary>What protects callers from pods that fail, and pods from callers that do not stop.</summary>
internal static class TrafficPolicies
{
    /// <summary>
    /// The policy of both services. Its limits count for one calling proxy and one subset, so a failing canary uses up none of the stable
    /// version's limits.
    /// </summary>
    public static TrafficPolicyArgs Default() => new()
    {
        ConnectionPool = new ConnectionPoolArgs
        {
            Tcp = new TcpSettingsArgs
            {
                // HTTP/2 needs one for each pod and worker thread of the proxy: a hundred pods, two threads, and those that drain.
                MaxConnections = 256,

                // Within one network a connection takes a millisecond or two; a pod that has not answered in a second is gone.
                ConnectTimeout = "1s",
            },
            Http = new HttpSettingsArgs
            {
                // Requests share connections. With HTTP/1.1 each request under way has its own: at 200 requests/s a version that hangs
                // costs the proxies a mutual TLS handshake for each request, which would slow down the versions that answer.
                H2UpgradePolicy = "UPGRADE",

                // Requests wait while a connection is made, for a second at most: 200 requests/s from one caller, and twice that after
                // a failure.
                Http1MaxPendingRequests = 512,

                // 200 requests/s that hang for the five seconds of the caller's timeout are 1,000 at once: up to that load the limit has
                // no effect. Beyond it a caller gets an error at once instead of waiting.
                Http2MaxRequests = 1_024,

                // A quarter of the requests. One pod of three that hangs needs less: of 200 requests/s 67 have waited for it in the second
                // of a try, and each may take two more tries of a second: 134 at once. With a higher limit, a version that fails as a
                // whole, perhaps because of its load, would get the same load again from retries.
                MaxRetries = 256,
            },
        },
        OutlierDetection = new OutlierDetectionArgs
        {
            // Fewer would eject a healthy pod by chance; at 1 % errors five errors in a row happen once in 10^10.
            Consecutive5xxErrors = 5,

            // Only how often Envoy checks which ejections are over: a pod is ejected at its fifth error, not at the next check. So an
            // ejection lasts a third longer than it should, at most.
            Interval = "5s",

            // As long as a restarted container takes to be ready, with room.
            BaseEjectionTime = "15s",

            // One of three pods, which the default of 10 % would not permit (Envoy rounds down). If a version fails as a whole, a
            // change of its weight helps, not ejection.
            MaxEjectionPercent = 50,
        },
    };
}

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

/// <summary>How long a caller's proxy waits for a service; durations as Istio writes them, such as <c>1s</c> or <c>500ms</c>.</summary>
/// <remarks>
/// Each timeout is longer than the next inner one, so that the inner one answers first: it knows the reason of a failure. From the
/// inside out they are the distributor's two, <see cref="RequesterPatienceMs"/> and the requester's two.
/// </remarks>
/// <param name="OneTry">The timeout of one try of a request that may run twice.</param>
/// <param name="AllTries">The timeout of all tries together.</param>
public sealed record Timeouts(string OneTry, string AllTries)
{
    /// <summary>The requester's own timeout for the distributor, in milliseconds: longer than the mesh's, whose answer names the reason.</summary>
    public const int RequesterPatienceMs = 5_000;

    /// <summary>
    /// The distributor answers within milliseconds; a second is what a cold or throttled pod may need. Four seconds are three tries and
    /// the pauses between them.
    /// </summary>
    public static Timeouts Distributor { get; } = new("1s", "4s");

    /// <summary>
    /// One try lasts longer than the requester's own timeout. Thirteen seconds are two tries that hang, or three if the first fail at once;
    /// browsers and load balancers wait longer.
    /// </summary>
    public static Timeouts Requester { get; } = new("6s", "13s");
}
