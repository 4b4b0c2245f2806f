using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads a TrafficPolicy.</summary>
internal static class TrafficPolicyReader
{
    private static readonly Dictionary<string, LoadBalancing> Simple = new()
    {
        ["UNSPECIFIED"] = LoadBalancing.LeastRequest,
        ["LEAST_REQUEST"] = LoadBalancing.LeastRequest,
        ["LEAST_CONN"] = LoadBalancing.LeastRequest,
        ["ROUND_ROBIN"] = LoadBalancing.RoundRobin,
        ["RANDOM"] = LoadBalancing.Random,
    };

    private static readonly string[] MeshTls = ["ISTIO_MUTUAL", "DISABLE"];

    public static TrafficPolicy Read(FieldCursor policy)
    {
        var ports = new Dictionary<int, TrafficPolicy>();
        foreach (var (number, settings) in policy.ReadEach("portLevelSettings", ReadPort))
        {
            ports.TryAdd(number, settings);
        }

        return ReadSettings(policy) with { Ports = ports };
    }

    private static (int Port, TrafficPolicy Settings) ReadPort(FieldCursor port) => (
        port.ReadValue("port", selector => selector.WholeNumber("number", 1, 65535) ?? 0) ?? port.Missing("port", 0),
        ReadSettings(port));

    private static TrafficPolicy ReadSettings(FieldCursor policy)
    {
        _ = policy.ReadValue("tls", ReadTls);
        return new(
            policy.ReadValue("loadBalancer", balancer => balancer.Choice("simple", Simple) ?? LoadBalancing.LeastRequest),
            policy.Read("connectionPool", ConnectionPoolReader.Read),
            policy.Read("outlierDetection", OutlierDetectionReader.Read),
            TrafficPolicy.Empty.Ports);
    }

    /// <summary>Does not take the mesh's own modes, which are reported as not rehearsed. Refuses other modes, because they change who can be reached.</summary>
    private static bool ReadTls(FieldCursor tls)
    {
        var isMesh = MeshTls.Any(mode => tls.Is("mode", mode));
        if (!isMesh)
        {
            tls.RefuseIfPresent("mode", $"the rehearsal accepts {string.Join(" and ", MeshTls)}");
        }

        return isMesh;
    }
}

/// <summary>Reads ConnectionPoolSettings; 0 means no limit (cluster_traffic_policy.go, applyConnectionPool).</summary>
internal static class ConnectionPoolReader
{
    // DEFAULT is the mesh's own choice, which is DO_NOT_UPGRADE where nobody made it (mesh/v1alpha1, h2_upgrade_policy).
    private static readonly Dictionary<string, bool> Upgrades = new() { ["DEFAULT"] = false, ["DO_NOT_UPGRADE"] = false, ["UPGRADE"] = true };

    public static ConnectionPool Read(FieldCursor pool)
    {
        var tcp = pool.Read("tcp", ReadTcp);
        var http = pool.Read("http", ReadHttp) ?? ConnectionPool.Unlimited;
        return tcp is null ? http : http with { MaxConnections = tcp.MaxConnections, ConnectTimeout = tcp.ConnectTimeout };
    }

    private static ConnectionPool ReadTcp(FieldCursor tcp) => ConnectionPool.Unlimited with
    {
        MaxConnections = Limit(tcp, "maxConnections"),
        ConnectTimeout = tcp.Duration("connectTimeout") ?? ConnectionPool.DefaultConnectTimeout,
    };

    private static ConnectionPool ReadHttp(FieldCursor http) => ConnectionPool.Unlimited with
    {
        SharesConnections = http.Choice("h2UpgradePolicy", Upgrades) ?? false,
        MaxPendingRequests = Limit(http, "http1MaxPendingRequests"),
        MaxRequests = Limit(http, "http2MaxRequests"),
        MaxRetries = Limit(http, "maxRetries"),
    };

    private static int? Limit(FieldCursor settings, string field) => settings.WholeNumber(field, 0, int.MaxValue) is { } limit and > 0 ? limit : null;
}

/// <summary>Reads OutlierDetection.</summary>
internal static class OutlierDetectionReader
{
    public static OutlierDetection Read(FieldCursor detection) => new(
        detection.WholeNumber("consecutive5xxErrors", 0, int.MaxValue) ?? 5,
        detection.WholeNumber("consecutiveGatewayErrors", 0, int.MaxValue) ?? 0,
        detection.Duration("interval") ?? TimeSpan.FromSeconds(10),
        detection.Duration("baseEjectionTime") ?? TimeSpan.FromSeconds(30),
        detection.WholeNumber("maxEjectionPercent", 0, 100) is { } percent and > 0 ? percent : 10,
        detection.WholeNumber("minHealthPercent", 0, 100) ?? 0);
}

/// <summary>Reads a DestinationRule (istio api networking/v1alpha3/destination_rule.proto).</summary>
internal static class DestinationRuleReader
{
    public static DestinationRule Read(FieldCursor spec, ObjectName name)
    {
        ExportTo.Read(spec);
        return new(
            name,
            HostNames.Qualify(spec.RequiredText("host"), name),
            spec.Read("trafficPolicy", TrafficPolicyReader.Read),
            spec.ReadEach("subsets", ReadSubset));
    }

    private static Subset ReadSubset(FieldCursor subset) =>
        new(subset.RequiredText("name"), subset.TextMap("labels"), subset.Read("trafficPolicy", TrafficPolicyReader.Read));
}
