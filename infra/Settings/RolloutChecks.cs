using System.Collections.Immutable;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Settings.Parsing;

namespace GopherMesh.Infra.Settings;

/// <summary>The rules over several settings of a rollout.</summary>
internal static partial class RolloutChecks
{
    public static readonly ImmutableArray<SettingCheck> All =
    [
        SettingCheck.Refuse(
            [RolloutKeys.Stable, RolloutKeys.Versions],
            settings => !settings.Rollout.Versions.ContainsKey(settings.Rollout.Stable),
            settings => $"use one of versions ({Known(settings)}), or add it there"),
        SettingCheck.Refuse(
            [RolloutKeys.Canary, RolloutKeys.Versions],
            settings => settings.Rollout.Canary is { } canary && !settings.Rollout.Versions.ContainsKey(canary),
            settings => $"use one of versions ({Known(settings)}), or add it there"),
        new(
            [RolloutKeys.Versions],
            settings => from version in settings.Rollout.Versions
                        where version.Value.Length == 0 && !OurGrammar().IsMatch(version.Key)
                        select new Problem("call it v and a number, such as v2, or name an image: our own says Gopher Version 2", $".{version.Key}", "")),
        SettingCheck.Refuse(
            [RolloutKeys.Canary, RolloutKeys.Stable],
            settings => settings.Rollout.Canary == settings.Rollout.Stable,
            _ => """use another version than stableVersion, or "" for no canary"""),
        SettingCheck.Refuse(
            [RolloutKeys.CanaryWeight, RolloutKeys.Canary],
            settings => settings.Rollout is { Canary: null, CanaryWeight: > 0 },
            _ => "set canaryVersion first, or set this to 0: without a canary there is no one to answer"),

        // With a canary it keeps its meaning at every weight, since one value, canaryWeight 0, has to bring the dark launch back.
        SettingCheck.Refuse(
            [RolloutKeys.MirrorPercent, RolloutKeys.Canary],
            settings => settings.Rollout is { Canary: null, MirrorPercent: not 100 },
            _ => "remove it or set canaryVersion: without a canary nothing is copied"),
    ];

    /// <summary>The versions that our own gopher-distributor can be told to be.</summary>
    [GeneratedRegex(@"\Av[1-9][0-9]{0,8}\z")]
    private static partial Regex OurGrammar();

    private static string Known(StackSettings settings) => string.Join(", ", settings.Rollout.Versions.Keys);
}
