using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>Where the mesh lives.</summary>
/// <param name="Kind">Whether the stack creates the cluster.</param>
/// <param name="Context">The kubeconfig's context of an existing cluster; null on EKS.</param>
public sealed record ClusterSettings(ClusterKind Kind, string? Context)
{
    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [ClusterKeys.Context, ClusterKeys.Kind],
            settings => settings.Cluster is { Kind: ClusterKind.Existing, Context: null },
            _ => "name the context of your kubeconfig that reaches the cluster (kubectl config get-contexts lists them)"),
    ];

    internal static ClusterSettings Read(SettingsReader from) => new(
        Kind: from.Read(ClusterKeys.Kind),
        Context: from.Read(ClusterKeys.Context));
}
