using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>Which versions of gopher-distributor exist, and how requests are shared among them. Weights are percent, 0 to 100.</summary>
public sealed partial record RolloutSettings(
    IReadOnlyDictionary<string, string> Versions,
    string Stable,
    string? Canary,
    int CanaryWeight,
    int MirrorPercent,
    string? PreviewHeader)
{
    // Pods are called gopher-distributor-VERSION-0123456789-abcde, and a pod's name has to fit a host name's 63 characters.
    private const int LongestVersion = NameRules.LongestLabel - 19 - 17;

    // A day: who comes back later is a new caller.
    private const int MostStickyMinutes = 1440;

    internal static readonly Rule VersionName = NameRules.Label(LongestVersion);

    internal static readonly SettingKey<IReadOnlyDictionary<string, string>> VersionsKey = new("versions", """{"v1":"","v2":""}""", ParseVersions);

    internal static readonly SettingKey<string> StableKey = new("stableVersion", "v1", Parse.Text(VersionName));

    internal static readonly SettingKey<string?> CanaryKey = new("canaryVersion", "", Parse.OptionalText(VersionName));

    internal static readonly SettingKey<int> CanaryWeightKey = new("canaryWeight", "0", Parse.Number(0, 100));

    private static readonly SettingKey<int> MirrorPercentKey = new("mirrorPercent", "100", Parse.Number(0, 100));

    private static readonly SettingKey<int> StickyMinutesKey = new("canaryStickyMinutes", "0", Parse.Number(0, MostStickyMinutes));

    internal static readonly SettingKey<string?> PreviewHeaderKey = new("previewHeader", "", Parse.OptionalText(NameRules.RequestHeader));

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [StableKey, VersionsKey],
            settings => !settings.Rollout.Versions.ContainsKey(settings.Rollout.Stable),
            settings => $"use one of versions ({Known(settings)}), or add it there"),
        SettingCheck.Refuse(
            [CanaryKey, VersionsKey],
            settings => settings.Rollout.Canary is { } canary && !settings.Rollout.Versions.ContainsKey(canary),
            settings => $"use one of versions ({Known(settings)}), or add it there"),
        new(
            [VersionsKey],
            settings => from version in settings.Rollout.Versions
                        where version.Value.Length == 0 && !OwnVersionPattern().IsMatch(version.Key)
                        select new Problem("call it v and a number, such as v2, or name an image: our own image accepts only such names", $".{version.Key}", "")),
        SettingCheck.Refuse(
            [CanaryKey, StableKey],
            settings => settings.Rollout.Canary == settings.Rollout.Stable,
            _ => """use another version than stableVersion, or "" for no canary"""),
        SettingCheck.Refuse(
            [CanaryWeightKey, CanaryKey],
            settings => settings.Rollout is { Canary: null, CanaryWeight: > 0 },
            _ => "set canaryVersion first, or set this to 0: without a canary no version can answer these requests"),

        // With a canary it is valid at every weight, because canaryWeight 0 alone has to bring the dark launch back.
        SettingCheck.Refuse(
            [MirrorPercentKey, CanaryKey],
            settings => settings.Rollout is { Canary: null, MirrorPercent: not 100 },
            _ => "remove it or set canaryVersion: without a canary nothing is copied"),
    ];

    /// <summary>Minutes for which a caller stays with the version that answered first, while the canary's weight is above 0; 0: not at all.</summary>
    public int StickyMinutes { get; init; }

    /// <summary>Faults on purpose; null, or without a version, where there are none.</summary>
    public FaultSettings? Fault { get; init; }

    /// <summary>The versions that run: the stable one, then the canary.</summary>
    public IEnumerable<string> Deployed => Canary is null ? [Stable] : [Stable, Canary];

    internal static RolloutSettings Read(SettingsReader from) => new(
        Versions: from.Read(VersionsKey),
        Stable: from.Read(StableKey),
        Canary: from.Read(CanaryKey),
        CanaryWeight: from.Read(CanaryWeightKey),
        MirrorPercent: from.Read(MirrorPercentKey),
        PreviewHeader: from.Read(PreviewHeaderKey))
    {
        StickyMinutes = from.Read(StickyMinutesKey),
        Fault = FaultSettings.Read(from),
    };

    private static Parsed<IReadOnlyDictionary<string, string>> ParseVersions(string text)
    {
        if (Json.TryParse(text) is not JsonObject { Count: > 0 } versions)
        {
            return new Problem("""use a map of version names to images, such as {"v1": ""}, each name once""");
        }

        var images = versions.ToImmutableSortedDictionary(entry => entry.Key, entry => Json.AsString(entry.Value) ?? "", StringComparer.Ordinal);
        var badNames = from version in images.Keys
                       let remedy = VersionName(version)
                       where remedy is not null
                       select new Problem($"rename the version: {remedy}", $".{version}", version);
        var badImages = from version in images.Keys
                        let found = versions[version]
                        let remedy = Json.AsString(found) is { } reference
                            ? (reference.Length == 0 ? null : ImageReference.Rule(reference))
                            : """use an image in quotes, or "" for one built from this repository"""
                        where remedy is not null
                        select new Problem(remedy, $".{version}", Json.AsString(found) ?? found?.ToJsonString() ?? "null");
        return new(images, [.. badNames, .. badImages]);
    }

    private static string Known(StackSettings settings) => string.Join(", ", settings.Rollout.Versions.Keys);

    /// <summary>The versions that this repository's gopher-distributor can report.</summary>
    [GeneratedRegex(@"\Av[1-9][0-9]{0,8}\z")]
    private static partial Regex OwnVersionPattern();
}
