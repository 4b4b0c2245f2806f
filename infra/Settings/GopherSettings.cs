using System.Collections.Immutable;
using GopherMesh.Infra.Settings.Parsing;

namespace GopherMesh.Infra.Settings;

/// <summary>The two services.</summary>
/// <param name="Namespace">Their namespace.</param>
/// <param name="RequesterReplicas">Pods of gopher-requester, 1-100.</param>
/// <param name="DistributorReplicas">Pods of each deployed version of gopher-distributor, 1-100.</param>
/// <param name="RequesterImage">Image of gopher-requester; empty when built from this repository.</param>
public sealed record GopherSettings(string Namespace, int RequesterReplicas, int DistributorReplicas, string RequesterImage)
{
    private const string NameAnImage = "name an image that the cluster can pull or has loaded: there is no registry of ours to push one to";

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [GopherKeys.RequesterImage, ClusterKeys.Kind],
            settings => settings.Cluster.Kind == ClusterKind.Existing && settings.Gophers.RequesterImage.Length == 0,
            _ => NameAnImage),
        new(
            [RolloutKeys.Versions, ClusterKeys.Kind],
            settings => settings.Cluster.Kind == ClusterKind.Existing
                ? settings.Rollout.Versions.Where(version => version.Value.Length == 0).Select(version => new Problem(NameAnImage, $".{version.Key}", ""))
                : []),
    ];

    internal static GopherSettings Read(SettingsReader from) => new(
        Namespace: from.Read(GopherKeys.Namespace),
        RequesterReplicas: from.Read(GopherKeys.RequesterReplicas),
        DistributorReplicas: from.Read(GopherKeys.DistributorReplicas),
        RequesterImage: from.Read(GopherKeys.RequesterImage));
}
