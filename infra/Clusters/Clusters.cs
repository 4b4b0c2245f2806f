using GopherMesh.Infra.Eks;

namespace GopherMesh.Infra;

/// <summary>The cluster that the configuration asks for.</summary>
internal static class Clusters
{
    public static ClusterHandle Declare(Settings settings, Action<string> warn) => settings.Cluster.Kind switch
    {
        ClusterKind.Existing => ExistingCluster.Declare(settings.Cluster),
        ClusterKind.Eks => OwnCluster.Declare(settings, warn),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Cluster.Kind, "not a kind of cluster"),
    };
}
