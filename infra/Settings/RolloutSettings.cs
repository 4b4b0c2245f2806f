namespace GopherMesh.Infra.Settings;

/// <summary>Which versions of gopher-distributor exist, and how requests are shared among them.</summary>
/// <param name="Versions">Version name to image; an empty image is built from this repository.</param>
/// <param name="Stable">The version that serves.</param>
/// <param name="Canary">The version on trial; null when none is deployed.</param>
/// <param name="CanaryWeight">Percent of requests that the canary answers, 0-100; 0 without a canary.</param>
/// <param name="MirrorPercent">Percent of requests copied to the canary while its weight is 0, 0-100.</param>
/// <param name="PreviewHeader">The header by which a request chooses its version; null when there is none.</param>
public sealed record RolloutSettings(
    IReadOnlyDictionary<string, string> Versions,
    string Stable,
    string? Canary,
    int CanaryWeight,
    int MirrorPercent,
    string? PreviewHeader)
{
    /// <summary>The versions that run: the stable one, then the canary.</summary>
    public IEnumerable<string> Deployed => Canary is null ? [Stable] : [Stable, Canary];

    internal static RolloutSettings Read(SettingsReader from) => new(
        Versions: from.Read(RolloutKeys.Versions),
        Stable: from.Read(RolloutKeys.Stable),
        Canary: from.Read(RolloutKeys.Canary),
        CanaryWeight: from.Read(RolloutKeys.CanaryWeight),
        MirrorPercent: from.Read(RolloutKeys.MirrorPercent),
        PreviewHeader: from.Read(RolloutKeys.PreviewHeader));
}
