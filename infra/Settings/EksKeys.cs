using System.Collections.Immutable;

namespace GopherMesh.Infra;

/// <summary>The keys of the EKS cluster and its network.</summary>
public static class EksKeys
{
    internal static readonly SettingKey<string> KubernetesVersion = new(
        "kubernetesVersion", SchemaType.Text, "1.35", Parse.Text(text => text.StartsWith("1.", StringComparison.Ordinal) ? null : "use a version such as 1.35"),
        "Version of Kubernetes that EKS runs, e.g. 1.35.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<string> VpcCidr = new(
        "vpcCidr", SchemaType.Text, "10.0.0.0/16", Parse.Text(Cidr.IPv4(16, 16)),
        "IPv4 block of the cluster's own network, a /16; choose one that nothing you connect to uses.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<ImmutableArray<string>> ApiAllowedCidrs = new(
        "apiAllowedCidrs", SchemaType.List, "[]", Parse.List(Cidr.IPv4()),
        "IPv4 blocks that may reach the Kubernetes API over the internet; empty: none, only from inside the network.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<string> Owner = new(
        "owner", SchemaType.Text, "", Parse.Text(text => text.Length <= 256 ? null : "use at most 256 characters"),
        "Who answers for the cost: the tag owner of everything that bills; empty: no such tag.")
    { OnlyOn = ClusterKind.Eks };
}
