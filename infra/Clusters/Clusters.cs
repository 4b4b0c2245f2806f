namespace GopherMesh.Infra;

/// <summary>The cluster that the configuration asks for.</summary>
internal static class Clusters
{
    public static ClusterHandle Declare(Settings settings) => settings.Cluster.Kind switch
    {
        ClusterKind.Existing => ExistingCluster.Declare(settings.Cluster),
        _ => throw new NotSupportedException("EKS is being built."),
    };
}
