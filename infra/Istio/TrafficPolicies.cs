namespace GopherMesh.Infra.Istio;

/// <summary>What protects callers from pods that fail, and pods from callers that do not stop.</summary>
internal static class TrafficPolicies
{
    /// <summary>
    /// The policy of both services. Its limits count for one calling proxy and one subset, so a canary in trouble takes nothing from
    /// the stable version.
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
                // Requests share connections. With HTTP/1.1 each one under way has its own, and at 200 requests/s a version that hangs
                // costs the proxies a mutual TLS handshake a request, which is what would slow the live ones down.
                H2UpgradePolicy = "UPGRADE",

                // While a connection is made, which takes a second at most: 200 requests/s through one caller, and twice that after a
                // failure.
                Http1MaxPendingRequests = 512,

                // 200 requests/s that hang for the five seconds of the caller's patience are 1,000 at once: the limit is not met before
                // that. Beyond it a caller gets an error at once instead of waiting.
                Http2MaxRequests = 1_024,

                // A quarter of the requests. One pod of three that hangs needs less: of 200 requests/s 67 have waited for it in the second
                // of a try, and each may take two more tries of a second: 134 at once. With more, a version that fails as a whole, which
                // may be for its load, would get as much again from retries.
                MaxRetries = 256,
            },
        },
        OutlierDetection = new OutlierDetectionArgs
        {
            // Fewer would leave out a healthy pod for a burst of bad luck; five in a row happen by chance once in 10^10 at 1 % errors.
            Consecutive5xxErrors = 5,

            // Only how often it is looked whose time is over: a pod is ejected at its fifth error, not at the next look. So a pod is out
            // for a third longer than it should be at most.
            Interval = "5s",

            // As long as a restarted container takes to be ready, with room.
            BaseEjectionTime = "15s",

            // One of three pods, which the default of 10 % would not permit (Envoy rounds down): a version that fails as a whole is a
            // matter for its weight, not for ejection.
            MaxEjectionPercent = 50,
        },
    };
}
