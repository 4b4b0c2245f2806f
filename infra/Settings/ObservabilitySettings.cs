using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>What can be seen of the mesh.</summary>
/// <param name="Enabled">Whether Prometheus, Grafana, Kiali and Jaeger run in the cluster.</param>
/// <param name="TraceSamplingPercent">Percent of requests that leave a trace, 0-100.</param>
/// <param name="AccessLogs">Whether the proxies write a line for each request.</param>
/// <param name="StorageGiB">Size of the volume of Prometheus in GiB; 0 for none.</param>
/// <param name="StorageClass">StorageClass of that volume; null for the cluster's default.</param>
public sealed record ObservabilitySettings(bool Enabled, int TraceSamplingPercent, bool AccessLogs, int StorageGiB, string? StorageClass)
{
    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        NeedsTheRest(ObservabilityKeys.TraceSampling, settings => settings.TraceSamplingPercent != 10),
        NeedsTheRest(ObservabilityKeys.StorageGiB, settings => settings.StorageGiB != 0),
        SettingCheck.Refuse(
            [ObservabilityKeys.StorageClass, ObservabilityKeys.StorageGiB],
            settings => settings.Observability is { StorageClass: not null, StorageGiB: 0 },
            _ => $"remove it, or ask for a volume with {ObservabilityKeys.StorageGiB.Name}"),
    ];

    internal static ObservabilitySettings Read(SettingsReader from) => new(
        Enabled: from.Read(ObservabilityKeys.Enabled),
        TraceSamplingPercent: from.Read(ObservabilityKeys.TraceSampling),
        AccessLogs: from.Read(ObservabilityKeys.AccessLogs),
        StorageGiB: from.Read(ObservabilityKeys.StorageGiB),
        StorageClass: from.Read(ObservabilityKeys.StorageClass));

    private static SettingCheck NeedsTheRest(SettingKey key, Func<ObservabilitySettings, bool> chosen) => SettingCheck.Refuse(
        [key, ObservabilityKeys.Enabled],
        settings => !settings.Observability.Enabled && chosen(settings.Observability),
        _ => $"remove it: it has no effect while {ObservabilityKeys.Enabled.Name} is false");
}
