using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>What can be seen of the mesh. Without a StorageClass of its own the volume has the cluster's default.</summary>
public sealed record ObservabilitySettings(bool Enabled, int TraceSamplingPercent, bool AccessLogs, int StorageGiB, string? StorageClass)
{
    /// <summary>A terabyte: years of this system's metrics, and far beyond what one Prometheus should keep.</summary>
    private const int MostStorageGiB = 1024;

    // Off, so that a first apply needs no chart repository but Istio's and no memory beyond the mesh's own; a team that runs canaries turns it on.
    private static readonly SettingKey<bool> EnabledKey = new("observability", "false", Parse.Flag);

    // One in ten: enough to find a slow call among the article's one request a second within a minute, at a tenth of the cost.
    private static readonly SettingKey<int> TraceSamplingKey = new("traceSamplingPercent", "10", Parse.Number(0, 100));

    // Off: every request would be a line in each of three proxies, and lines are billed.
    private static readonly SettingKey<bool> AccessLogsKey = new("accessLogs", "false", Parse.Flag);

    private static readonly SettingKey<int> StorageGiBKey = new("metricsStorageGiB", "0", Parse.Number(0, MostStorageGiB));

    private static readonly SettingKey<string?> StorageClassKey = new("metricsStorageClass", "", Parse.OptionalText(NameRules.Subdomain))
    {
        OnlyOn = ClusterKind.Existing,
    };

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        NeedsTheTools(TraceSamplingKey, settings => settings.TraceSamplingPercent != 10),
        NeedsTheTools(StorageGiBKey, settings => settings.StorageGiB != 0),
        SettingCheck.Refuse(
            [StorageClassKey, StorageGiBKey],
            settings => settings.Observability is { StorageClass: not null, StorageGiB: 0 },
            _ => $"remove it, or ask for a volume with {StorageGiBKey.Name}"),
    ];

    internal static ObservabilitySettings Read(SettingsReader from) => new(
        Enabled: from.Read(EnabledKey),
        TraceSamplingPercent: from.Read(TraceSamplingKey),
        AccessLogs: from.Read(AccessLogsKey),
        StorageGiB: from.Read(StorageGiBKey),
        StorageClass: from.Read(StorageClassKey));

    private static SettingCheck NeedsTheTools(SettingKey key, Func<ObservabilitySettings, bool> chosen) => SettingCheck.Refuse(
        [key, EnabledKey],
        settings => !settings.Observability.Enabled && chosen(settings.Observability),
        _ => $"remove it: it has no effect while {EnabledKey.Name} is false");
}
