using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>The two services. An empty image is built from this repository.</summary>
public sealed record GopherSettings(string Namespace, int RequesterReplicas, int DistributorReplicas, string RequesterImage)
{
    /// <summary>The most pods of a Deployment: a typing error must not cost money.</summary>
    private const int MostReplicas = 100;

    private const string NameAnImage = "name an image that the cluster can pull or has loaded: there is no registry of ours to push one to";

    private static readonly SettingKey<string> NamespaceKey = new("namespace", "gophers", Parse.Text(NameRules.Namespace));

    private static readonly SettingKey<int> RequesterReplicasKey = new("requesterReplicas", "3", Parse.Number(1, MostReplicas));

    private static readonly SettingKey<int> DistributorReplicasKey = new("distributorReplicas", "3", Parse.Number(1, MostReplicas));

    private static readonly SettingKey<string> RequesterImageKey = new(
        "requesterImage", "", Parse.Text(text => text.Length == 0 ? null : ImageReference.Rule(text)));

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [RequesterImageKey, ClusterSettings.KindKey],
            settings => settings.Cluster.Kind == ClusterKind.Existing && settings.Gophers.RequesterImage.Length == 0,
            _ => NameAnImage),
        new(
            [RolloutSettings.VersionsKey, ClusterSettings.KindKey],
            settings => settings.Cluster.Kind == ClusterKind.Existing
                ? settings.Rollout.Versions.Where(version => version.Value.Length == 0).Select(version => new Problem(NameAnImage, $".{version.Key}", ""))
                : []),
    ];

    internal static GopherSettings Read(SettingsReader from) => new(
        Namespace: from.Read(NamespaceKey),
        RequesterReplicas: from.Read(RequesterReplicasKey),
        DistributorReplicas: from.Read(DistributorReplicasKey),
        RequesterImage: from.Read(RequesterImageKey));
}
