using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Clusters;

/// <summary>A cluster that exists already: it needs only a provider.</summary>
public static class ExistingCluster
{
    /// <summary>Declares the provider of the cluster that <paramref name="cluster"/> names.</summary>
    public static ClusterHandle Declare(ClusterSettings cluster) => new()
    {
        Provider = new Pulumi.Kubernetes.Provider("cluster", new()
        {
            Context = cluster.Context!,

            // Another context is another cluster, so every resource is replaced. A changed kubeconfig alone replaces nothing.
            ClusterIdentifier = cluster.Context!,

            // The SDK would write the value of KUBECONFIG, a path of this machine, into the state; the provider reads the variable itself.
            KubeConfig = null,
        }),
        Ready = [],
        PublishedImage = service => throw new InvalidOperationException($"The settings accepted an empty image of {service} on an existing cluster."),
    };
}
