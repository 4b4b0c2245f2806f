using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

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
