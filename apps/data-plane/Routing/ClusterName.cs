using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Routing;

/// <summary>Names of clusters (istio pilot/pkg/model/service.go, BuildSubsetKey).</summary>
internal static class ClusterName
{
    public static string Outbound(string host, int port, string? subset) => $"outbound|{port}|{subset}|{host}";

    /// <summary>
    /// The cluster of a destination: its own port; else, where <paramref name="services"/> know the host with one port only, that one;
    /// else the port that the request came to (route.go, GetDestinationCluster).
    /// </summary>
    public static string Of(Destination destination, IReadOnlyDictionary<string, Service> services, int listenPort)
    {
        var port = destination.Port
            ?? (services.TryGetValue(destination.Host, out var service) && service.Ports is [var only] ? only.Number : listenPort);
        return Outbound(destination.Host, port, destination.Subset);
    }
}
