using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Model;

/// <summary>An Istio DestinationRule with its host fully qualified.</summary>
internal sealed record DestinationRule(ObjectName Name, string Host, TrafficPolicy? TrafficPolicy, IReadOnlyList<Subset> Subsets);

/// <summary>The pods of a host that carry all of <paramref name="Labels"/>.</summary>
internal sealed record Subset(string Name, IReadOnlyDictionary<string, string> Labels, TrafficPolicy? TrafficPolicy);

/// <summary>Istio's TrafficPolicy, for all ports or (portLevelSettings) for single ones.</summary>
internal sealed record TrafficPolicy(
    LoadBalancing? LoadBalancer,
    ConnectionPool? ConnectionPool,
    OutlierDetection? OutlierDetection,
    IReadOnlyDictionary<int, TrafficPolicy> Ports)
{
    public static TrafficPolicy Empty { get; } = new(null, null, null, new Dictionary<int, TrafficPolicy>());
}

/// <summary>loadBalancer.simple; Istio's default is LEAST_REQUEST.</summary>
internal enum LoadBalancing
{
    LeastRequest,
    RoundRobin,
    Random,
}

/// <summary>Istio's ConnectionPoolSettings; a null or absent number means no limit.</summary>
/// <param name="MaxConnections">Connections at a time; HTTP/1.1 carries one request on each.</param>
/// <param name="SharesConnections">Whether proxies speak HTTP/2, of which one connection carries any number of requests.</param>
/// <param name="ConnectTimeout">Istio's mesh default is 10 s.</param>
/// <param name="MaxPendingRequests">Requests that may wait for a connection.</param>
/// <param name="MaxRequests">Requests under way at a time.</param>
/// <param name="MaxRetries">Retries under way at a time.</param>
internal sealed record ConnectionPool(int? MaxConnections, bool SharesConnections, TimeSpan ConnectTimeout, int? MaxPendingRequests, int? MaxRequests, int? MaxRetries)
{
    /// <summary>istio pkg/config/mesh/mesh.go, DefaultMeshConfig: ConnectTimeout.</summary>
    public static TimeSpan DefaultConnectTimeout { get; } = TimeSpan.FromSeconds(10);

    public static ConnectionPool Unlimited { get; } = new(null, false, DefaultConnectTimeout, null, null, null);
}

/// <summary>Istio's OutlierDetection with Envoy's defaults (cluster_traffic_policy.go, applyOutlierDetection; envoy outlier_detection.proto).</summary>
/// <param name="Consecutive5xx">5xx answers or failed connections in a row that eject a host; 0 never, 5 where not written.</param>
/// <param name="ConsecutiveGatewayErrors">The same for 502, 503 and 504; 0, and where not written, never.</param>
/// <param name="Interval">How often is checked which ejections are over; 10 s where not written.</param>
/// <param name="BaseEjectionTime">How long a host stays ejected, multiplied by the number of its ejections; 30 s where not written.</param>
/// <param name="MaxEjectionPercent">No host is ejected that would bring the share above this; 10 where not written.</param>
/// <param name="MinHealthPercent">Below this share of healthy hosts all are used; Istio's 0 is never.</param>
internal sealed record OutlierDetection(
    int Consecutive5xx,
    int ConsecutiveGatewayErrors,
    TimeSpan Interval,
    TimeSpan BaseEjectionTime,
    int MaxEjectionPercent,
    int MinHealthPercent);
