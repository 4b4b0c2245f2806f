using System.Collections.Immutable;
using GopherMesh.Infra.Settings.Parsing;
using GopherMesh.Infra.Settings.Rules;

namespace GopherMesh.Infra.Settings;

/// <summary>The keys that say where the mesh lives.</summary>
public static class ClusterKeys
{
    private static readonly ImmutableSortedDictionary<string, ClusterKind> Kinds = new Dictionary<string, ClusterKind>
    {
        ["eks"] = ClusterKind.Eks,
        ["existing"] = ClusterKind.Existing,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    internal static readonly SettingKey<ClusterKind> Kind = new(
        "clusterKind", SchemaType.Text, "eks", Parse.OneOf(Kinds),
        "Where the mesh lives: eks (a cluster that the stack creates) or existing (one that kubeContext names).");

    internal static readonly SettingKey<string?> Context = new(
        "kubeContext", SchemaType.Text, "", Parse.OptionalText(NameRules.Context),
        "Context of your kubeconfig that reaches the existing cluster, e.g. kind-gopher-mesh.")
    { OnlyOn = ClusterKind.Existing };

    /// <summary>The word by which the configuration names <paramref name="kind"/>.</summary>
    public static string Word(ClusterKind kind) => Kinds.First(entry => entry.Value == kind).Key;
}
