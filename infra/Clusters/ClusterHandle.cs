using System.Collections.Immutable;
using Pulumi;

namespace GopherMesh.Infra.Clusters;

/// <summary>What the rest of the program needs to know about a cluster, on EKS or an existing one.</summary>
public sealed record ClusterHandle
{
    /// <summary>The provider of everything inside the cluster.</summary>
    public required Pulumi.Kubernetes.Provider Provider { get; init; }

    /// <summary>What must stand before, and outlive, everything inside the cluster: its nodes and their network.</summary>
    public required ImmutableArray<Resource> Ready { get; init; }

    /// <summary>A kubeconfig for users, secret; null for an existing cluster, of which they have one.</summary>
    public Output<string>? Kubeconfig { get; init; }

    /// <summary>The image to run where the configuration leaves one empty: built from the named service's sources and published.</summary>
    /// <remarks>The settings demand an image on an existing cluster, so nothing calls it there.</remarks>
    public required Func<string, Input<string>> PublishedImage { get; init; }

    /// <summary>The tags of the AWS resources that the cluster itself creates; none for an existing cluster.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>True if the engine must refuse to delete the resources that serve callers; null for the engine's default.</summary>
    public bool? Protect { get; init; }

    /// <summary>Whether the cluster starts a node in another zone for a pod that may not run in this one.</summary>
    public bool StartsNodesInEveryZone { get; init; }

    /// <summary>Makes the records that lead from the gateway's hosts to its load balancer, given that one's name; nothing where there is no zone for them.</summary>
    public Action<Output<string?>> PointNamesTo { get; init; } = _ => { };

    /// <summary>Values of the gateway's chart that only this cluster's load balancer understands.</summary>
    public Map LoadBalancerValues { get; init; } = [];

    /// <summary>Labels of the gateway's namespace that this cluster's load balancer looks for; none where it looks for none.</summary>
    public IReadOnlyDictionary<string, string> GatewayNamespaceLabels { get; init; } = ImmutableDictionary<string, string>.Empty;
}
