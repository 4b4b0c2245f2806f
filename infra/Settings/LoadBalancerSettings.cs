using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>The network load balancer in front of the gateway; of no effect on an existing cluster.</summary>
/// <param name="Scheme">Where it is reached from.</param>
/// <param name="AllowedCidrs">IPv4 blocks that may call it.</param>
/// <param name="CertificateArn">The certificate with which it serves HTTPS; null serves HTTP only.</param>
public sealed record LoadBalancerSettings(LoadBalancerScheme Scheme, ImmutableArray<string> AllowedCidrs, string? CertificateArn)
{
    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [LoadBalancerKeys.AllowedCidrs],
            settings => settings.Eks.LoadBalancer.AllowedCidrs.IsEmpty,
            _ => """name the blocks that may call the gateway, or ["0.0.0.0/0"] for every address"""),
        SettingCheck.Refuse(
            [LoadBalancerKeys.CertificateArn, AwsKeys.Region],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.LoadBalancer.CertificateArn: { } arn } && LoadBalancerKeys.RegionOf(arn) != settings.Eks.Region,
            settings => $"use a certificate of aws:region, {settings.Eks.Region}: a load balancer takes only those of its own region"),
    ];

    internal static LoadBalancerSettings Read(SettingsReader from) => new(
        Scheme: from.Read(LoadBalancerKeys.Scheme),
        AllowedCidrs: from.Read(LoadBalancerKeys.AllowedCidrs),
        CertificateArn: from.Read(LoadBalancerKeys.CertificateArn));
}

/// <summary>Where a load balancer is reached from.</summary>
public enum LoadBalancerScheme
{
    /// <summary>The internet; it stands in the public subnets.</summary>
    InternetFacing,

    /// <summary>The network that it is in, and what is connected to it; it stands in the private subnets.</summary>
    Internal,
}
