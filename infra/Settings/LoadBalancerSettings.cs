using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>Where a load balancer is reached from.</summary>
public enum LoadBalancerScheme
{
    /// <summary>The internet; it stands in the public subnets.</summary>
    InternetFacing,

    /// <summary>The network that it is in, and what is connected to it; it stands in the private subnets.</summary>
    Internal,
}

/// <summary>The network load balancer in front of the gateway; of no effect on an existing cluster. Without a certificate it serves HTTP only.</summary>
public sealed partial record LoadBalancerSettings(LoadBalancerScheme Scheme, ImmutableArray<string> AllowedCidrs, string? CertificateArn)
{
    private static readonly ImmutableSortedDictionary<string, LoadBalancerScheme> Schemes = new Dictionary<string, LoadBalancerScheme>
    {
        ["internet-facing"] = LoadBalancerScheme.InternetFacing,
        ["internal"] = LoadBalancerScheme.Internal,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    internal static readonly SettingKey<LoadBalancerScheme> SchemeKey = new("gatewayScheme", "internet-facing", Parse.OneOf(Schemes)) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<ImmutableArray<string>> AllowedCidrsKey = new(
        "gatewayAllowedCidrs", """["0.0.0.0/0"]""", Parse.List(Cidr.IPv4()))
    { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<string?> CertificateArnKey = new("tlsCertificateArn", "", Parse.OptionalText(CertificateRule)) { OnlyOn = ClusterKind.Eks };

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [AllowedCidrsKey],
            settings => settings.Eks.LoadBalancer.AllowedCidrs.IsEmpty,
            _ => """name the blocks that may call the gateway, or ["0.0.0.0/0"] for every address"""),
        SettingCheck.Refuse(
            [CertificateArnKey, MeshSettings.HostsKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.LoadBalancer.CertificateArn: not null } && settings.Mesh.Hosts.Contains("*"),
            _ => "name the certificate's hosts in gatewayHosts: no certificate can be had for the load balancer's own name, which * stands for"),
        SettingCheck.Refuse(
            [CertificateArnKey, EksSettings.RegionKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.LoadBalancer.CertificateArn: { } arn } && RegionOf(arn) != settings.Eks.Region,
            settings => $"use a certificate of aws:region, {settings.Eks.Region}: a load balancer takes only those of its own region"),
    ];

    internal static LoadBalancerSettings Read(SettingsReader from) => new(
        Scheme: from.Read(SchemeKey),
        AllowedCidrs: from.Read(AllowedCidrsKey),
        CertificateArn: from.Read(CertificateArnKey));

    private static string RegionOf(string certificateArn) => certificateArn.Split(':')[3];

    private static string? CertificateRule(string text) =>
        CertificatePattern().IsMatch(text)
            ? null
            : "use the ARN of a certificate in ACM, such as arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}\z")]
    private static partial Regex CertificatePattern();
}
