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
