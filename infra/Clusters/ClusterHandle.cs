using System.Collections.Immutable;
using Pulumi;

namespace GopherMesh.Infra.Clusters;

/// <summary>What the rest of the program needs to know of a cluster, whichever it is.</summary>
public sealed record ClusterHandle
{
    /// <summary>The provider of everything inside the cluster.</summary>
    public required Pulumi.Kubernetes.Provider Provider { get; init; }

    /// <summary>What must stand before, and outlive, everything inside the cluster: its nodes and their network.</summary>
    public required ImmutableArray<Resource> Ready { get; init; }

    /// <summary>A kubeconfig for people, secret; null where they reached the cluster with one of their own.</summary>
    public Output<string>? Kubeconfig { get; init; }

    /// <summary>The image to run where the configuration leaves one empty: built from the named service's sources and published.</summary>
    /// <remarks>Settings see to it that nothing asks an existing cluster for it.</remarks>
    public required Func<string, Input<string>> PublishedImage { get; init; }

    /// <summary>The tags of what the cluster makes by itself and bills; none where that is not the stack's affair.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>True where the engine has to refuse to delete what callers need; null leaves that to the engine's default.</summary>
    public bool? Protect { get; init; }

    /// <summary>Whether the cluster starts a node in another zone for a pod that may not run in this one.</summary>
    public bool StartsNodesInEveryZone { get; init; }

    /// <summary>Values of the gateway's chart that only this cluster's load balancer understands.</summary>
    public Dictionary<string, object> GatewayValues { get; init; } = [];

    /// <summary>Labels of the gateway's namespace that this cluster's load balancer looks for; none where it looks for none.</summary>
    public IReadOnlyDictionary<string, string> GatewayNamespaceLabels { get; init; } = ImmutableDictionary<string, string>.Empty;
}
