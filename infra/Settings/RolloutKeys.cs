using GopherMesh.Infra.Settings.Parsing;
using GopherMesh.Infra.Settings.Rules;

namespace GopherMesh.Infra.Settings;

/// <summary>The keys that say which versions exist and who answers.</summary>
public static class RolloutKeys
{
    // Pods are called gopher-distributor-VERSION-0123456789-abcde, and a pod's name has to fit a host name's 63 characters.
    private const int LongestVersion = NameRules.LongestLabel - 19 - 17;

    internal static readonly SettingKey<IReadOnlyDictionary<string, string>> Versions = new(
        "versions", SchemaType.Map, """{"v1":"","v2":""}""", ParseVersions.With(NameRules.Label(LongestVersion), ImageReference.Rule),
        "Versions of gopher-distributor that exist: name to image. An empty image means built from this repository (EKS only).");

    internal static readonly SettingKey<string> Stable = new(
        "stableVersion", SchemaType.Text, "v1", Parse.Text(NameRules.Label(LongestVersion)),
        "The version that serves.");

    internal static readonly SettingKey<string?> Canary = new(
        "canaryVersion", SchemaType.Text, "", Parse.OptionalText(NameRules.Label(LongestVersion)),
        "The version on trial; empty: none is deployed.");

    internal static readonly SettingKey<int> CanaryWeight = new(
        "canaryWeight", SchemaType.Number, "0", Parse.Number(0, 100),
        "Percent of requests that the canary answers, 0 to 100.");

    internal static readonly SettingKey<int> MirrorPercent = new(
        "mirrorPercent", SchemaType.Number, "100", Parse.Number(0, 100),
        "Percent of requests copied to the canary while canaryWeight is 0 (the dark launch), 0 to 100; only idempotent requests are copied.");

    internal static readonly SettingKey<string?> PreviewHeader = new(
        "previewHeader", SchemaType.Text, "", Parse.OptionalText(NameRules.RequestHeader),
        "Request header whose value, a deployed version's name, sends that request to that version whatever the weights; empty: none.");
}
