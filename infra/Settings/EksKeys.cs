using System.Collections.Immutable;
using GopherMesh.Infra.Settings.Parsing;
using GopherMesh.Infra.Settings.Rules;

namespace GopherMesh.Infra.Settings;

/// <summary>The keys of the EKS cluster itself.</summary>
public static class EksKeys
{
    internal static readonly SettingKey<string> KubernetesVersion = new(
        "kubernetesVersion", SchemaType.Text, "1.35", Parse.Text(Rules.KubernetesVersion.Rule),
        "Version of Kubernetes that EKS runs, e.g. 1.35; an upgrade goes one minor version at a time.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<KubernetesSupport> KubernetesSupport = new(
        "kubernetesSupport", SchemaType.Text, "standard", Parse.OneOf(Words.Of<KubernetesSupport>()),
        "When standard support of the version ends: standard (EKS upgrades the cluster) or extended (it stays, at six times the hourly price).")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<bool> DeletionProtection = new(
        "deletionProtection", SchemaType.Flag, "false", Parse.Flag,
        "Whether EKS refuses to delete the cluster; set it to false and apply before a destroy.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<ImmutableArray<string>> ApiAllowedCidrs = new(
        "apiAllowedCidrs", SchemaType.List, "[]", Parse.List(Cidr.IPv4()),
        "IPv4 blocks that may reach the Kubernetes API over the internet; empty: none, only from inside the network.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<IReadOnlyDictionary<string, AccessGrant>> AccessEntries = new(
        "accessEntries", SchemaType.Map, "{}", ParseAccessEntries.All,
        "Who else may use the Kubernetes API: name to {principalArn, policy, namespaces}; policy is clusterAdmin, admin, edit or view.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<int> LogRetentionDays = new(
        "logRetentionDays", SchemaType.Number, "30", LogRetention.Parse,
        "Days that CloudWatch keeps the control plane's logs and the flow logs.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<int> KeyDeletionWindowDays = new(
        "keyDeletionWindowDays", SchemaType.Number, "30", Parse.Number(7, 30),
        "Days in which the encryption key can be brought back after a destroy, 7 to 30.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<int> NodeCpuLimit = new(
        "nodeCpuLimit", SchemaType.Number, "16", Parse.Number(4, 1000),
        "The most vCPUs that all nodes together may have, 4 to 1000: the bound of what nodes cost.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<string> Owner = new(
        "owner", SchemaType.Text, "gopher-mesh", Parse.Text(TagValue.Rule),
        "Who answers for the cost: the tag owner of everything that bills.")
    { OnlyOn = ClusterKind.Eks };
}
