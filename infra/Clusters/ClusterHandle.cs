using System.Collections.Immutable;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Clusters;

/// <summary>What the rest of the program needs to know about a cluster, on EKS or an existing one.</summary>
public sealed record ClusterHandle
{
    /// <summary>The provider of everything inside the cluster.</summary>
    public required Pulumi.Kubernetes.Provider Provider { get; init; }

    /// <summary>The nodes and their network: created before everything inside the cluster, and deleted after it.</summary>
    public required ImmutableArray<Resource> Ready { get; init; }

    /// <summary>A kubeconfig for users, as a secret; null for an existing cluster, whose users have one already.</summary>
    public Output<string>? Kubeconfig { get; init; }

    /// <summary>The image of the named service, built from its sources and published; used where the configuration names none.</summary>
    /// <remarks>Never called for an existing cluster, because the settings require an image there.</remarks>
    public required Func<string, Input<string>> PublishedImage { get; init; }

    /// <summary>The tags of the AWS resources that the cluster itself creates; none for an existing cluster.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>True if the engine must refuse to delete the resources that serve callers; null for the engine's default.</summary>
    public bool? Protect { get; init; }

    /// <summary>Whether the cluster starts a node in another zone when a pod's spread constraint requires one.</summary>
    public bool StartsNodesInEveryZone { get; init; }

    /// <summary>Makes the records that lead from the gateway's hosts to its load balancer, given that one's name; nothing where there is no zone for them.</summary>
    public Action<Output<string?>> PointNamesTo { get; init; } = _ => { };

    /// <summary>Values of the gateway's chart that only this cluster's load balancer understands.</summary>
    public Map LoadBalancerValues { get; init; } = [];

    /// <summary>Labels that this cluster's load balancer requires on the gateway's namespace; empty if it requires none.</summary>
    public IReadOnlyDictionary<string, string> GatewayNamespaceLabels { get; init; } = ImmutableDictionary<string, string>.Empty;
}

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
