using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Clusters;

/// <summary>The pods behind one port of a host or of a subset of it, and how they are used.</summary>
internal sealed record ClusterSpec(string Name, string Host, string? Subset, PortProtocol Protocol, ClusterPolicy Policy, IReadOnlyList<UpstreamEndpoint> Endpoints);

/// <summary>A pod and the loopback port that serves the cluster's port.</summary>
internal sealed record UpstreamEndpoint(PodEndpoint Pod, int LoopbackPort);

/// <summary>What is left of the traffic policies once they are merged.</summary>
internal sealed record ClusterPolicy(LoadBalancing LoadBalancer, ConnectionPool ConnectionPool, OutlierDetection? OutlierDetection)
{
    public static ClusterPolicy Of(TrafficPolicy? policy) => new(
        policy?.LoadBalancer ?? LoadBalancing.LeastRequest,
        policy?.ConnectionPool ?? ConnectionPool.Unlimited,
        policy?.OutlierDetection);
}
