using System.Collections.Frozen;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>The rules that a proxy follows; replaced as a whole.</summary>
/// <param name="Tables">The virtual hosts by the port that requests come to.</param>
/// <param name="Clusters">The clusters by name.</param>
internal sealed record ProxySnapshot(FrozenDictionary<int, RouteTable> Tables, FrozenDictionary<string, Cluster> Clusters)
{
    public static ProxySnapshot Empty { get; } = new(FrozenDictionary<int, RouteTable>.Empty, FrozenDictionary<string, Cluster>.Empty);

    /// <summary>The next snapshot, whose clusters carry on those of this one.</summary>
    public ProxySnapshot Next(Dictionary<int, RouteTable> tables, IEnumerable<ClusterSpec> clusters, ProxyServices services, Action<UpstreamHost, bool> ejected) => new(
        tables.ToFrozenDictionary(),
        clusters.ToFrozenDictionary(spec => spec.Name, spec => new Cluster(spec, Clusters.GetValueOrDefault(spec.Name), services.Random, services.Time, ejected)));
}
