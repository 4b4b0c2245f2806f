using Pulumi;
using Pulumi.Kubernetes.Storage.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Pulumi.Kubernetes.Types.Inputs.Storage.V1;

namespace GopherMesh.Infra;

/// <summary>The class of the volume on which metrics outlive Prometheus' pod.</summary>
internal static class MetricsVolume
{
    /// <summary>Name of the class on EKS.</summary>
    public const string EksClass = "metrics";

    /// <summary>Name of the class to ask for; null for the cluster's default, and where nothing is kept.</summary>
    public static string? ClassFor(Settings settings) => settings switch
    {
        { Observability.StorageGiB: 0 } => null,
        { Cluster.Kind: ClusterKind.Eks } => EksClass,
        _ => settings.Observability.StorageClass,
    };

    /// <summary>
    /// Declares the class on EKS, whose Auto Mode has a provisioner but no class (EKS user guide, "Create StorageClass"). Deleted with
    /// its claim, the volume goes: nothing is left on the bill.
    /// </summary>
    public static IEnumerable<Resource> Declare(Settings settings, CustomResourceOptions options)
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
                    Parameters = new InputMap<string> { { "type", "gp3" }, { "encrypted", "true" } },
                    ReclaimPolicy = "Delete",

                    // In the zone of the pod, which is not known before.
                    VolumeBindingMode = "WaitForFirstConsumer",
                    AllowVolumeExpansion = true,
                },
                options),
        ];
    }
}
