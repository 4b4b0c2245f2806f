using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Settings;

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
            ["podAnnotations"] = Undisturbed.Annotations(),
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

    private const int EphemeralMiB = 2048;

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
