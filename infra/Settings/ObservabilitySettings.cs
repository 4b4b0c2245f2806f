using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>
/// The observability tools. Without a StorageClass of its own the volume has the cluster's default; without an Alertmanager alerts are sent
/// nowhere, and without the address of the runbooks they have no link.
/// </summary>
public sealed record ObservabilitySettings(
    bool Enabled, int TraceSamplingPercent, bool AccessLogs, int StorageGiB, string? StorageClass, Uri? Alertmanager, Uri? Runbooks)
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

    private static readonly SettingKey<string?> AlertmanagerKey = new("alertmanagerUrl", "", Parse.OptionalText(Address));

    // Nobody but the team knows where its copy of this repository is read.
    private static readonly SettingKey<string?> RunbooksKey = new("runbookUrl", "", Parse.OptionalText(Page));

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        NeedsTheTools(AlertmanagerKey, settings => settings.Alertmanager is not null),
        NeedsTheTools(RunbooksKey, settings => settings.Runbooks is not null),
        NeedsTheTools(TraceSamplingKey, settings => settings.TraceSamplingPercent != 10),
        NeedsTheTools(StorageGiBKey, settings => settings.StorageGiB != 0),
        SettingCheck.Refuse(
            [StorageClassKey, StorageGiBKey],
            settings => settings.Observability is { StorageClass: not null, StorageGiB: 0 },
            _ => $"remove it, or request a volume with {StorageGiBKey.Name}"),
    ];

    internal static ObservabilitySettings Read(SettingsReader from) => new(
        Enabled: from.Read(EnabledKey),
        TraceSamplingPercent: from.Read(TraceSamplingKey),
        AccessLogs: from.Read(AccessLogsKey),
        StorageGiB: from.Read(StorageGiBKey),
        StorageClass: from.Read(StorageClassKey),
        Alertmanager: from.Read(AlertmanagerKey) is { } address ? new Uri(address) : null,
        Runbooks: from.Read(RunbooksKey) is { } page ? new Uri(page) : null);

    // Prometheus' configuration has fields for the scheme, the host with its port and the path, and for no other part of a URL.
    private static string? Address(string text) =>
        Web(text) is { UserInfo: "", Query: "", Fragment: "" }
            ? null
            : "use an address such as http://alertmanager.monitoring:9093 or https://alerts.example.com/path, without user, query and fragment";

    // An alert's own section follows as the fragment.
    private static string? Page(string text) =>
        Web(text) is { UserInfo: "", Fragment: "" }
            ? null
            : "use an address such as https://git.example.com/team/gopher-mesh/blob/main/docs/observability.md, without user and fragment";

    private static Uri? Web(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    private static SettingCheck NeedsTheTools(SettingKey key, Func<ObservabilitySettings, bool> chosen) => SettingCheck.Refuse(
        [key, EnabledKey],
        settings => !settings.Observability.Enabled && chosen(settings.Observability),
        _ => $"remove it: it has no effect while {EnabledKey.Name} is false");
}
