using GopherMesh.Infra.Istio;

namespace GopherMesh.Infra;

/// <summary>What protects callers from pods that fail, and pods from callers that do not stop.</summary>
internal static class TrafficPolicies
{
    /// <summary>The policy of both services. Its limits count for one calling proxy and one subset, so a canary in trouble takes nothing from the stable version.</summary>
    public static TrafficPolicyArgs Default() => new()
    {
        ConnectionPool = new ConnectionPoolArgs
        {
            Tcp = new TcpSettingsArgs
            {
                // One request at a time on each connection of HTTP/1.1: 200 requests/s that hang for a second on each of three tries are
                // 600 at once, spread over three callers. Beyond that the caller is told at once instead of queueing.
                MaxConnections = 256,

                // Within one network a connection takes a millisecond or two; a pod that has not answered in a second is gone.
                ConnectTimeout = "1s",
            },
            Http = new HttpSettingsArgs
            {
                // As many again may wait for a connection: they have, at most, the time of one try.
                Http1MaxPendingRequests = 256,
                Http2MaxRequests = 512,

                // An eighth of the connections: retries help against one failing pod, and must not double the load on failing ones.
                MaxRetries = 32,
            },
        },
        OutlierDetection = new OutlierDetectionArgs
        {
            // Fewer would leave out a healthy pod for a burst of bad luck; five in a row happen by chance once in 10^10 at 1 % errors.
            Consecutive5xxErrors = 5,
            Interval = "5s",

            // As long as a restarted container takes to be ready, with room.
            BaseEjectionTime = "15s",

            // One of three pods, which the default of 10 % would not permit (Envoy rounds down): a version that fails as a whole is a
            // matter for its weight, not for ejection.
            MaxEjectionPercent = 50,
        },
    };
}
