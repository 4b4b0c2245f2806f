using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra.Mesh;

/// <summary>Where the services live. Whatever is declared in it depends on it, and it depends on the mesh.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Resource">The namespace.</param>
/// <param name="Cluster">The cluster that it is in.</param>
/// <param name="HasTelemetry">Whether the services report metrics and spans, because there are tools that take them.</param>
public sealed record GopherNamespace(string Name, Namespace Resource, ClusterHandle Cluster, bool HasTelemetry)
{
    /// <summary>Declares the namespace. Its label makes istiod give every pod a sidecar, so it is there before any of them.</summary>
    public static GopherNamespace Declare(StackSettings settings, ClusterHandle cluster, IstioMesh mesh)
    {
        var name = settings.Gophers.Namespace;
        var resource = new Namespace(
            name,
            new NamespaceArgs { Metadata = new ObjectMetaArgs { Name = name, Labels = Labels(settings.Mesh.Cni), Annotations = Ownership.Alone } },
            new CustomResourceOptions { Provider = cluster.Provider, DependsOn = [mesh.Gateway], Protect = cluster.Protect });
        return new(name, resource, cluster, settings.Observability.Enabled);
    }

    // The stack's own pods meet the standard, and Kubernetes warns of others that do not. It can be enforced only with Istio's CNI plugin:
    // without it, injection adds a container that sets up the pod's network and needs NET_ADMIN and root.
    private static InputMap<string> Labels(bool cni)
    {
        const string Restricted = "restricted";
        var labels = new InputMap<string> { { "istio-injection", "enabled" }, { "pod-security.kubernetes.io/warn", Restricted } };
        if (cni)
        {
            labels.Add("pod-security.kubernetes.io/enforce", Restricted);
        }

        return labels;
    }

    /// <summary>Options of a component whose children live here.</summary>
    internal ComponentResourceOptions ForComponent() => new() { Provider = Cluster.Provider };

    /// <summary>Metadata of an object that lives here and is the stack's alone; labelled with its own name unless <paramref name="labels"/> say more.</summary>
    internal ObjectMetaArgs Metadata(string objectName, Dictionary<string, string>? labels = null)
    {
        var metadata = SharedMetadata(objectName, labels);
        metadata.Annotations = Ownership.Alone;
        return metadata;
    }

    /// <summary>The same for an object to which others write too.</summary>
    internal ObjectMetaArgs SharedMetadata(string objectName, Dictionary<string, string>? labels = null) => new()
    {
        Name = objectName,
        Namespace = Name,
        Labels = labels ?? new() { [Names.AppLabel] = objectName },
    };
}
