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

/// <summary>
/// The network load balancer in front of the gateway; of no effect on an existing cluster. It serves HTTPS with a certificate that is there already,
/// or with one that the stack makes, together with the records of the gateway's hosts, in a hosted zone; without either HTTP only.
/// </summary>
public sealed partial record LoadBalancerSettings(LoadBalancerScheme Scheme, ImmutableArray<string> AllowedCidrs, string? CertificateArn, string? HostedZoneId)
{
    /// <summary>The longest first name of a certificate (ACM API reference, RequestCertificate, DomainName).</summary>
    private const int LongestCommonName = 64;

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

    private static readonly SettingKey<string?> HostedZoneIdKey = new(
        "hostedZoneId", "", Parse.OptionalText(text => HostedZonePattern().IsMatch(text) ? null : "use the ID of a hosted zone in Route 53, such as Z0123456789ABCDEFGHIJ"))
    { OnlyOn = ClusterKind.Eks };

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [AllowedCidrsKey],
            settings => settings.Eks.LoadBalancer.AllowedCidrs.IsEmpty,
            _ => """name the blocks that may call the gateway, or ["0.0.0.0/0"] for every address"""),
        SettingCheck.Refuse(
            [CertificateArnKey, MeshSettings.HostsKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.LoadBalancer.CertificateArn: not null } && settings.Mesh.Hosts.Contains("*"),
            _ => "name the certificate's hosts in gatewayHosts: * includes the load balancer's own name, for which nobody can get a certificate"),
        SettingCheck.Refuse(
            [HostedZoneIdKey, CertificateArnKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.LoadBalancer: { HostedZoneId: not null, CertificateArn: not null } },
            _ => "remove it or tlsCertificateArn: with a hosted zone the stack makes the certificate itself"),
        SettingCheck.Refuse(
            [HostedZoneIdKey, MeshSettings.HostsKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.LoadBalancer.HostedZoneId: not null } && settings.Mesh.Hosts.Contains("*"),
            _ => "name hosts of the zone in gatewayHosts: they get a certificate and records, and * means every name"),
        SettingCheck.Refuse(
            [HostedZoneIdKey, MeshSettings.HostsKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.LoadBalancer.HostedZoneId: not null } && settings.Mesh.Hosts.FirstOrDefault()?.Length > LongestCommonName,
            settings => $"put a host of at most {LongestCommonName} characters first in gatewayHosts: a certificate takes no longer one there, and {settings.Mesh.Hosts[0].Length} are too many"),
        SettingCheck.Refuse(
            [CertificateArnKey, EksSettings.RegionKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.LoadBalancer.CertificateArn: { } arn } && RegionOf(arn) != settings.Eks.Region,
            settings => $"use a certificate of aws:region, {settings.Eks.Region}: a load balancer takes only those of its own region"),
    ];

    /// <summary>Whether it serves HTTPS.</summary>
    public bool EndsTls => CertificateArn is not null || HostedZoneId is not null;

    internal static LoadBalancerSettings Read(SettingsReader from) => new(
        Scheme: from.Read(SchemeKey),
        AllowedCidrs: from.Read(AllowedCidrsKey),
        CertificateArn: from.Read(CertificateArnKey),
        HostedZoneId: from.Read(HostedZoneIdKey));

    private static string RegionOf(string certificateArn) => certificateArn.Split(':')[3];

    private static string? CertificateRule(string text) =>
        CertificatePattern().IsMatch(text)
            ? null
            : "use the ARN of a certificate in ACM, such as arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}\z")]
    private static partial Regex CertificatePattern();

    // Route 53 API reference, ResourceId.
    [GeneratedRegex(@"\A[A-Z0-9]{1,32}\z")]
    private static partial Regex HostedZonePattern();
}
