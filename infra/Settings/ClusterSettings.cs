using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>Where the mesh lives.</summary>
public enum ClusterKind
{
    /// <summary>An EKS cluster that the stack creates and owns.</summary>
    Eks,

    /// <summary>A cluster that is there already, reached by a context of the user's kubeconfig.</summary>
    Existing,
}

/// <summary>Where the mesh lives. The context is null on EKS.</summary>
public sealed record ClusterSettings(ClusterKind Kind, string? Context)
{
    internal static readonly SettingKey<ClusterKind> KindKey = new("clusterKind", "eks", Parse.OneOf<ClusterKind>());

    private static readonly SettingKey<string?> ContextKey = new("kubeContext", "", Parse.OptionalText(NameRules.Context))
    {
        OnlyOn = ClusterKind.Existing,
    };

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [ContextKey, KindKey],
            settings => settings.Cluster is { Kind: ClusterKind.Existing, Context: null },
            _ => "name the context of your kubeconfig that reaches the cluster (kubectl config get-contexts lists them)"),
    ];

    internal static ClusterSettings Read(SettingsReader from) => new(
        Kind: from.Read(KindKey),
        Context: from.Read(ContextKey));
}
