using System.Collections.Immutable;

namespace GopherMesh.Infra;

/// <summary>The EKS cluster and its network; of no effect on an existing cluster.</summary>
/// <param name="KubernetesVersion">Minor version of Kubernetes, e.g. 1.35.</param>
/// <param name="VpcCidr">IPv4 block of the network.</param>
/// <param name="ApiAllowedCidrs">IPv4 blocks that may reach the API over the internet.</param>
/// <param name="Owner">Value of the tag <c>owner</c>; empty for none.</param>
public sealed record EksSettings(string KubernetesVersion, string VpcCidr, ImmutableArray<string> ApiAllowedCidrs, string Owner)
{
    internal static readonly ImmutableArray<SettingCheck> Checks = [];

    internal static EksSettings Read(SettingsReader from) => new(
        KubernetesVersion: from.Read(EksKeys.KubernetesVersion),
        VpcCidr: from.Read(EksKeys.VpcCidr),
        ApiAllowedCidrs: from.Read(EksKeys.ApiAllowedCidrs),
        Owner: from.Read(EksKeys.Owner));
}
