using System.Collections.Immutable;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Settings.Parsing;
using GopherMesh.Infra.Settings.Rules;

namespace GopherMesh.Infra.Settings;

/// <summary>The keys of the network load balancer in front of the gateway.</summary>
public static partial class LoadBalancerKeys
{
    private static readonly IReadOnlyDictionary<string, LoadBalancerScheme> Schemes = new Dictionary<string, LoadBalancerScheme>
    {
        ["internet-facing"] = LoadBalancerScheme.InternetFacing,
        ["internal"] = LoadBalancerScheme.Internal,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    internal static readonly SettingKey<LoadBalancerScheme> Scheme = new(
        "gatewayScheme", SchemaType.Text, "internet-facing", Parse.OneOf(Schemes),
        "Where the gateway's load balancer is reached from: internet-facing or internal (only from inside the network).")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<ImmutableArray<string>> AllowedCidrs = new(
        "gatewayAllowedCidrs", SchemaType.List, """["0.0.0.0/0"]""", Parse.List(Cidr.IPv4()),
        "IPv4 blocks that may call the gateway's load balancer.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<string?> CertificateArn = new(
        "tlsCertificateArn", SchemaType.Text, "", Parse.OptionalText(CertificateRule),
        "ARN of the ACM certificate with which the load balancer serves HTTPS, HTTP then being redirected; empty: HTTP only.")
    { OnlyOn = ClusterKind.Eks };

    /// <summary>The region in which the certificate of that ARN is.</summary>
    internal static string RegionOf(string certificateArn) => certificateArn.Split(':')[3];

    private static string? CertificateRule(string text) =>
        CertificatePattern().IsMatch(text)
            ? null
            : "use the ARN of a certificate in ACM, such as arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}\z")]
    private static partial Regex CertificatePattern();
}
