using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>The EKS cluster; of no effect on an existing cluster.</summary>
/// <param name="Region">AWS region, e.g. ap-southeast-2; empty on an existing cluster.</param>
/// <param name="Profile">Profile of the AWS credentials; null takes what the environment gives.</param>
/// <param name="KubernetesVersion">Minor version of Kubernetes, e.g. 1.35.</param>
/// <param name="KubernetesSupport">What happens when the version leaves standard support.</param>
/// <param name="DeletionProtection">Whether EKS refuses to delete the cluster.</param>
/// <param name="ApiAllowedCidrs">IPv4 blocks that may reach the API over the internet; empty closes it to the internet.</param>
/// <param name="AccessEntries">Who else may use the API, by a name of the user's choice; who creates the stack is an administrator already.</param>
/// <param name="Network">The network that the cluster is in.</param>
/// <param name="LoadBalancer">The load balancer in front of the gateway.</param>
/// <param name="LogRetentionDays">Days that logs are kept.</param>
/// <param name="KeyDeletionWindowDays">Days in which a deleted key can be brought back, 7 to 30.</param>
/// <param name="NodeCpuLimit">The most vCPUs that all nodes together may have.</param>
/// <param name="Owner">Value of the tag <c>owner</c>.</param>
public sealed record EksSettings(
    string Region,
    string? Profile,
    string KubernetesVersion,
    KubernetesSupport KubernetesSupport,
    bool DeletionProtection,
    ImmutableArray<string> ApiAllowedCidrs,
    IReadOnlyDictionary<string, AccessGrant> AccessEntries,
    NetworkSettings Network,
    LoadBalancerSettings LoadBalancer,
    int LogRetentionDays,
    int KeyDeletionWindowDays,
    int NodeCpuLimit,
    string Owner)
{
    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [AwsKeys.Region, ClusterKeys.Kind],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.Region: "" },
            _ => "name the AWS region, e.g. pulumi config set aws:region ap-southeast-2"),
        SettingCheck.Refuse(
            [EksKeys.KubernetesVersion, EksKeys.KubernetesSupport],
            settings => settings.Eks.KubernetesSupport == KubernetesSupport.Standard
                && Rules.KubernetesVersion.NeedsExtendedSupport(settings.Eks.KubernetesVersion),
            settings => $"set kubernetesSupport to extended, or use a later version: standard support of {settings.Eks.KubernetesVersion} has ended"),
        .. LoadBalancerSettings.Checks,
    ];

    internal static EksSettings Read(SettingsReader from) => new(
        Region: from.Read(AwsKeys.Region) ?? "",
        Profile: from.Read(AwsKeys.Profile),
        KubernetesVersion: from.Read(EksKeys.KubernetesVersion),
        KubernetesSupport: from.Read(EksKeys.KubernetesSupport),
        DeletionProtection: from.Read(EksKeys.DeletionProtection),
        ApiAllowedCidrs: from.Read(EksKeys.ApiAllowedCidrs),
        AccessEntries: from.Read(EksKeys.AccessEntries),
        Network: NetworkSettings.Read(from),
        LoadBalancer: LoadBalancerSettings.Read(from),
        LogRetentionDays: from.Read(EksKeys.LogRetentionDays),
        KeyDeletionWindowDays: from.Read(EksKeys.KeyDeletionWindowDays),
        NodeCpuLimit: from.Read(EksKeys.NodeCpuLimit),
        Owner: from.Read(EksKeys.Owner));
}
