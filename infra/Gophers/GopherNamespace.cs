using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra;

/// <summary>Where the gophers live. Whatever is declared in it depends on it, and it depends on the mesh.</summary>
public sealed record GopherNamespace(string Name, Namespace Resource, ClusterHandle Cluster)
{
    /// <summary>Declares the namespace. Its label makes istiod give every pod a sidecar, so it is there before any of them.</summary>
    public static GopherNamespace Declare(string name, ClusterHandle cluster, IstioMesh mesh) => new(
        name,
        new Namespace(
            name,
            new NamespaceArgs
            {
                Metadata = new ObjectMetaArgs { Name = name, Labels = { ["istio-injection"] = "enabled" } },
            },
            new CustomResourceOptions { Provider = cluster.Provider, DependsOn = [mesh.Gateway] }),
        cluster);

    /// <summary>Options of a component whose children live here.</summary>
    internal ComponentResourceOptions ForComponent() => new() { Provider = Cluster.Provider };

    /// <summary>Metadata of an object that lives here; labelled with its own name unless <paramref name="labels"/> say more.</summary>
    internal ObjectMetaArgs Metadata(string objectName, Dictionary<string, string>? labels = null) => new()
    {
        Name = objectName,
        Namespace = Name,
        Labels = labels ?? new() { [Conventions.AppLabel] = objectName },
    };
}
