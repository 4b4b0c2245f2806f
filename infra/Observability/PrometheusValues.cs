using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Storage.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Pulumi.Kubernetes.Types.Inputs.Storage.V1;

namespace GopherMesh.Infra.Observability;

/// <summary>What the stack changes in the values of the chart <c>prometheus</c>.</summary>
internal static class PrometheusValues
{
    /// <summary>Name of the Service and, before its port, of everything of Prometheus' own.</summary>
    public const string Service = "prometheus";

    /// <summary>Port of the Service, Prometheus' usual one.</summary>
    public const int Port = 9090;

    /// <summary>Name of the ConfigMap with the configuration: the chart puts the release's before <see cref="ConfigSuffix"/>.</summary>
    public const string Config = $"{Service}-{ConfigSuffix}";

    private const string ConfigSuffix = "config";

    private const int Nobody = 65534;

    private const int EphemeralMiB = 2048;

    /// <summary>The values for <paramref name="settings"/>.</summary>
    /// <param name="settings">How much is kept, and where.</param>
    /// <param name="storageClass">The class of the volume; null for the cluster's default.</param>
    public static Map For(ObservabilitySettings settings, string? storageClass) => new()
    {
        ["alertmanager"] = Off(),
        ["kube-state-metrics"] = Off(),
        ["prometheus-node-exporter"] = Off(),
        ["prometheus-pushgateway"] = Off(),
        ["configmapReload"] = new Map
        {
            ["prometheus"] = new Map
            {
                ["containerSecurityContext"] = PodSecurity.Container(),
                ["resources"] = PodSecurity.Resources("10m", "32Mi", "64Mi"),
            },
        },
        ["server"] = new Map
        {
            ["fullnameOverride"] = Service,
            ["configMapOverrideName"] = ConfigSuffix,
            ["clusterRoleNameOverride"] = $"gopher-mesh-{Service}",
            ["podAnnotations"] = DoNotDisrupt.Annotations(),
            ["service"] = new Map { ["type"] = "ClusterIP", ["servicePort"] = Port },
            ["securityContext"] = PodSecurity.Pod(Nobody),
            ["containerSecurityContext"] = PodSecurity.Container(),

            // A dozen proxies are some 20,000 series; Prometheus takes 3 KiB for each, and as much again while it compacts.
            ["resources"] = PodSecurity.Resources("100m", "512Mi", "1Gi"),
            ["retention"] = "15d",
            ["retentionSize"] = $"{RetentionMiB(settings)}MB",
            ["persistentVolume"] = Volume(settings, storageClass),
            ["emptyDir"] = new Map { ["sizeLimit"] = $"{EphemeralMiB}Mi" },
        },
    };

    // The retention by size counts the blocks and the write-ahead log, and deletes whole blocks after they are written. A fifth is left for
    // the block that is written meanwhile.
    private static int RetentionMiB(ObservabilitySettings settings) =>
        (settings.StorageGiB > 0 ? settings.StorageGiB * 1024 : EphemeralMiB) * 4 / 5;

    private static Map Volume(ObservabilitySettings settings, string? storageClass)
    {
        var volume = new Map { ["enabled"] = settings.StorageGiB > 0 };
        if (settings.StorageGiB > 0)
        {
            volume["size"] = $"{settings.StorageGiB}Gi";
        }

        if (storageClass is not null)
        {
            volume["storageClass"] = storageClass;
        }

        return volume;
    }

    private static Map Off() => new() { ["enabled"] = false };
}

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
                    Metadata = new ObjectMetaArgs { Name = EksClass, Annotations = Ownership.Alone },
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
