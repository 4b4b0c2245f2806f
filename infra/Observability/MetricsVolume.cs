using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Storage.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Pulumi.Kubernetes.Types.Inputs.Storage.V1;

namespace GopherMesh.Infra.Observability;

/// <summary>The class of the volume on which metrics outlive Prometheus' pod.</summary>
internal static class MetricsVolume
{
    /// <summary>Name of the class on EKS.</summary>
    public const string EksClass = "metrics";

    /// <summary>Name of the class in the volume's claim; null for the cluster's default, and if there is no volume.</summary>
    public static string? ClassFor(StackSettings settings) => settings switch
    {
        { Observability.StorageGiB: 0 } => null,
        { Cluster.Kind: ClusterKind.Eks } => EksClass,
        _ => settings.Observability.StorageClass,
    };

    /// <summary>
    /// Declares the class on EKS, whose Auto Mode has a provisioner but no class (EKS user guide, "Create StorageClass"). The volume is
    /// deleted with its claim, so nothing is left on the bill.
    /// </summary>
    /// <param name="settings">Whether there is a volume, and its class.</param>
    /// <param name="tags">The tags of the volumes.</param>
    /// <param name="options">Who declares it.</param>
    public static IEnumerable<Resource> Declare(StackSettings settings, IReadOnlyDictionary<string, string> tags, CustomResourceOptions options)
    {
        if (ClassFor(settings) != EksClass || settings.Cluster.Kind != ClusterKind.Eks)
        {
            return [];
        }

        return
        [
            new StorageClass(
                EksClass,
                new StorageClassArgs
                {
                    Metadata = new ObjectMetaArgs { Name = EksClass },
                    Provisioner = "ebs.csi.eks.amazonaws.com",
                    Parameters = Parameters(tags),
                    ReclaimPolicy = "Delete",

                    // The volume is created in the zone of the pod, which is not known earlier.
                    VolumeBindingMode = "WaitForFirstConsumer",
                    AllowVolumeExpansion = true,
                },
                options),
        ];
    }

    // The NodeClass's tags are on the nodes' own volumes; those of a claim have only what the class says, each tag under a key with a
    // number (aws-ebs-csi-driver, docs/tagging.md).
    private static InputMap<string> Parameters(IReadOnlyDictionary<string, string> tags)
    {
        var parameters = new InputMap<string> { { "type", "gp3" }, { "encrypted", "true" } };
        foreach (var (index, tag) in tags.Index())
        {
            parameters.Add($"tagSpecification_{index + 1}", $"{tag.Key}={tag.Value}");
        }

        return parameters;
    }
}
