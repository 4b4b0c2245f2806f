using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>Faults that the callers' proxies inject in requests to one version, so that one sees how its callers fare.</summary>
/// <param name="Version">The version that seems to fail; null: no faults.</param>
/// <param name="AbortPercent">Percent of its requests that are answered 503 and do not reach it, 0 to 100.</param>
/// <param name="DelayMs">By how many milliseconds requests are delayed, 0 to 10,000; 0: none is.</param>
/// <param name="DelayPercent">Percent of its requests that are delayed, 1 to 100.</param>
/// <param name="Live">Whether all of its requests are concerned, or only those that chose it by the preview header.</param>
public sealed record FaultSettings(string? Version, int AbortPercent, int DelayMs, int DelayPercent, bool Live)
{
    // Twice the patience of gopher-requester: more would look the same to every caller.
    private const int LongestDelayMs = 10_000;

    private static readonly SettingKey<string?> VersionKey = new("faultVersion", "", Parse.OptionalText(RolloutSettings.VersionName));

    private static readonly SettingKey<int> AbortPercentKey = new("faultAbortPercent", "0", Parse.Number(0, 100));

    private static readonly SettingKey<int> DelayMsKey = new("faultDelayMs", "0", Parse.Number(0, LongestDelayMs));

    private static readonly SettingKey<int> DelayPercentKey = new("faultPercent", "100", Parse.Number(1, 100));

    private static readonly SettingKey<bool> LiveKey = new("faultLive", "false", Parse.Flag);

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        WithoutVersion(AbortPercentKey, fault => fault.AbortPercent > 0),
        WithoutVersion(DelayMsKey, fault => fault.DelayMs > 0),
        WithoutVersion(DelayPercentKey, fault => fault.DelayPercent < 100),
        WithoutVersion(LiveKey, fault => fault.Live),
        Refuse(
            VersionKey,
            [RolloutSettings.StableKey, RolloutSettings.CanaryKey],
            (rollout, fault) => !rollout.Deployed.Contains(fault.Version),
            rollout => $"use a version that is deployed ({string.Join(", ", rollout.Deployed)})"),
        Refuse(
            VersionKey,
            [AbortPercentKey, DelayMsKey],
            (_, fault) => fault is { AbortPercent: 0, DelayMs: 0 },
            _ => """set faultAbortPercent or faultDelayMs, or set this to "": it names the version, and they say what happens"""),
        Refuse(
            DelayPercentKey,
            [VersionKey, DelayMsKey],
            (_, fault) => fault is { DelayMs: 0, DelayPercent: < 100 },
            _ => "set faultDelayMs, or remove this: it is the percent of requests that are delayed"),
        Refuse(
            VersionKey,
            [LiveKey, RolloutSettings.PreviewHeaderKey],
            (rollout, fault) => !fault.Live && rollout.PreviewHeader is null,
            _ => "set previewHeader, by which a request chooses its version, or set faultLive to true, so that the faults apply to every request to it"),

        // Callers, metrics and whoever judges the canary could not tell them from faults of its own. That is so at weight 100 as well: the
        // rollout still bakes there, and its last step is the promotion. Istio's fault belongs to a route, too, and so to all who share its
        // requests.
        Refuse(
            VersionKey,
            [RolloutSettings.CanaryKey],
            (rollout, _) => rollout.Canary is not null,
            rollout => $"""set it to "", or end the rollout of {rollout.Canary} first: faults on purpose cannot be distinguished from the canary's own"""),
    ];

    internal static FaultSettings Read(SettingsReader from) => new(
        Version: from.Read(VersionKey),
        AbortPercent: from.Read(AbortPercentKey),
        DelayMs: from.Read(DelayMsKey),
        DelayPercent: from.Read(DelayPercentKey),
        Live: from.Read(LiveKey));

    private static SettingCheck WithoutVersion(SettingKey key, Func<FaultSettings, bool> isSet) => SettingCheck.Refuse(
        [key, VersionKey],
        settings => settings.Rollout.Fault is { Version: null } fault && isSet(fault),
        _ => "set faultVersion first, or remove this: without a version there are no faults");

    private static SettingCheck Refuse(
        SettingKey blamed, ImmutableArray<SettingKey> reads, Func<RolloutSettings, FaultSettings, bool> broken, Func<RolloutSettings, string> remedy) => SettingCheck.Refuse(
            [blamed, .. reads],
            settings => settings.Rollout.Fault is { Version: not null } fault && broken(settings.Rollout, fault),
            settings => remedy(settings.Rollout));
}
