using GopherMesh.Infra.Settings.Parsing;
using GopherMesh.Infra.Settings.Rules;

namespace GopherMesh.Infra.Settings;

/// <summary>The keys of the two services.</summary>
public static class GopherKeys
{
    /// <summary>More pods of one Deployment than a demonstration can mean; a slip of the keyboard is not worth a bill.</summary>
    private const int MostReplicas = 100;

    internal static readonly SettingKey<string> Namespace = new(
        "namespace", SchemaType.Text, "gophers", Parse.Text(NameRules.Namespace),
        "Namespace of the two services; the stack creates it.");

    internal static readonly SettingKey<int> RequesterReplicas = new(
        "requesterReplicas", SchemaType.Number, "3", Parse.Number(1, MostReplicas),
        "Pods of gopher-requester, 1 to 100.");

    internal static readonly SettingKey<int> DistributorReplicas = new(
        "distributorReplicas", SchemaType.Number, "3", Parse.Number(1, MostReplicas),
        "Pods of each deployed version of gopher-distributor, 1 to 100.");

    internal static readonly SettingKey<string> RequesterImage = new(
        "requesterImage", SchemaType.Text, "", Parse.Text(text => text.Length == 0 ? null : ImageReference.Rule(text)),
        "Image of gopher-requester; empty means built from this repository (EKS only).");
}
