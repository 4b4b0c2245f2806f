using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>Where private subnets leave the network.</summary>
public enum NatGateways
{
    /// <summary>Through one NAT gateway in the first zone: the cheapest; if that zone fails, nothing reaches the internet.</summary>
    One,

    /// <summary>Through one in every zone: the loss of a zone stays in that zone, and no traffic to the internet pays for crossing zones.</summary>
    PerZone,
}

/// <summary>Which connections the network records.</summary>
public enum FlowLogTraffic
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those that a security group or network ACL refused.</summary>
    Rejected,

    /// <summary>All.</summary>
    All,
}

/// <summary>
/// The network of the EKS cluster; of no effect on an existing cluster. Without a VPC the stack makes one of its own. With one, the stack uses
/// it and the subnets named, one a zone, and changes nothing in it.
/// </summary>
public sealed partial record NetworkSettings(
    string VpcCidr,
    int Zones,
    NatGateways NatGateways,
    FlowLogTraffic FlowLogs,
    string? VpcId,
    ImmutableArray<string> PrivateSubnetIds,
    ImmutableArray<string> PublicSubnetIds)
{
    /// <summary>The shortest prefix of a VPC, and so the largest block, that AWS allows (VPC user guide, "VPC CIDR blocks").</summary>
    public const int ShortestVpcPrefix = 16;

    /// <summary>The longest prefix that leaves each zone a /24 for its nodes and pods, 251 addresses.</summary>
    public const int LongestVpcPrefix = 22;

    /// <summary>How many zones there is room for: a quarter of the VPC for each, and the last quarter for the public subnets.</summary>
    public const int MostZones = 3;

    /// <summary>EKS puts the control plane's network interfaces into subnets of at least two zones (EKS user guide, "network_reqs").</summary>
    public const int FewestZones = 2;

    private static readonly SettingKey<string> VpcCidrKey = new(
        "vpcCidr", "10.0.0.0/16", Parse.Text(Cidr.IPv4(ShortestVpcPrefix, LongestVpcPrefix)))
    { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<int> ZonesKey = new("zones", "3", Parse.Number(FewestZones, MostZones)) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<NatGateways> NatGatewaysKey = new("natGateways", "one", Parse.OneOf<NatGateways>()) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<FlowLogTraffic> FlowLogsKey = new("flowLogs", "rejected", Parse.OneOf<FlowLogTraffic>()) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<string?> VpcIdKey = new(
        "vpcId", "", Parse.OptionalText(text => VpcIdPattern().IsMatch(text) ? null : "use the ID of a VPC, such as vpc-0123456789abcdef0"))
    { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<ImmutableArray<string>> PrivateSubnetIdsKey = new("privateSubnetIds", "[]", Parse.List(SubnetIdRule)) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<ImmutableArray<string>> PublicSubnetIdsKey = new("publicSubnetIds", "[]", Parse.List(SubnetIdRule)) { OnlyOn = ClusterKind.Eks };

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        OnlyOfItsOwn(VpcCidrKey, network => network.VpcCidr != VpcCidrKey.Default),
        OnlyOfItsOwn(ZonesKey, network => network.Zones != MostZones),
        OnlyOfItsOwn(NatGatewaysKey, network => network.NatGateways != NatGateways.One),
        OnlyOfItsOwn(FlowLogsKey, network => network.FlowLogs != FlowLogTraffic.Rejected),
        OnlyOfAnother(PrivateSubnetIdsKey, network => network.PrivateSubnetIds),
        OnlyOfAnother(PublicSubnetIdsKey, network => network.PublicSubnetIds),
        SettingCheck.Refuse(
            [PrivateSubnetIdsKey, VpcIdKey, ClusterSettings.KindKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.Network: { VpcId: not null, PrivateSubnetIds.Length: < FewestZones } },
            _ => "name two or more private subnets of vpcId, one a zone: EKS takes no fewer zones"),
        SettingCheck.Refuse(
            [PublicSubnetIdsKey, VpcIdKey, LoadBalancerSettings.SchemeKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks: { Network: { VpcId: not null, PublicSubnetIds.IsEmpty: true }, LoadBalancer.Scheme: LoadBalancerScheme.InternetFacing } },
            _ => "name a public subnet of vpcId for each zone of privateSubnetIds, or set gatewayScheme to internal"),
        SettingCheck.Refuse(
            [PublicSubnetIdsKey, VpcIdKey, LoadBalancerSettings.SchemeKey],
            settings => settings.Eks is { Network: { VpcId: not null, PublicSubnetIds.IsEmpty: false }, LoadBalancer.Scheme: LoadBalancerScheme.Internal },
            _ => "remove it: where gatewayScheme is internal, the load balancer stands in the private subnets, and nothing else is put into public ones"),
        new(
            [PublicSubnetIdsKey, PrivateSubnetIdsKey],
            settings => from subnet in settings.Eks.Network.PublicSubnetIds.Index()
                        where settings.Eks.Network.PrivateSubnetIds.Contains(subnet.Item)
                        select new Problem("remove it here or in privateSubnetIds: a subnet is one or the other", $"[{subnet.Index}]", subnet.Item)),
    ];

    internal static NetworkSettings Read(SettingsReader from) => new(
        VpcCidr: from.Read(VpcCidrKey),
        Zones: from.Read(ZonesKey),
        NatGateways: from.Read(NatGatewaysKey),
        FlowLogs: from.Read(FlowLogsKey),
        VpcId: from.Read(VpcIdKey),
        PrivateSubnetIds: from.Read(PrivateSubnetIdsKey),
        PublicSubnetIds: from.Read(PublicSubnetIdsKey));

    private static SettingCheck OnlyOfItsOwn(SettingKey key, Func<NetworkSettings, bool> chosen) => SettingCheck.Refuse(
        [key, VpcIdKey],
        settings => settings.Eks.Network.VpcId is not null && chosen(settings.Eks.Network),
        _ => $"remove it: it has no effect on the network that {VpcIdKey.Name} names, in which the stack changes nothing");

    private static SettingCheck OnlyOfAnother(SettingKey key, Func<NetworkSettings, ImmutableArray<string>> subnets) => SettingCheck.Refuse(
        [key, VpcIdKey],
        settings => settings.Eks.Network.VpcId is null && !subnets(settings.Eks.Network).IsEmpty,
        _ => $"name their VPC in {VpcIdKey.Name}, or remove it: the stack's own network has subnets of its own");

    private static string? SubnetIdRule(string text) => SubnetIdPattern().IsMatch(text) ? null : "use the ID of a subnet, such as subnet-0123456789abcdef0";

    // The IDs of old resources have eight digits (EC2 user guide, "resource-ids").
    [GeneratedRegex(@"\Avpc-([0-9a-f]{8}|[0-9a-f]{17})\z")]
    private static partial Regex VpcIdPattern();

    [GeneratedRegex(@"\Asubnet-([0-9a-f]{8}|[0-9a-f]{17})\z")]
    private static partial Regex SubnetIdPattern();
}

/// <summary>Rules for blocks of addresses in CIDR notation (RFC 4632).</summary>
public static class Cidr
{
    // Addresses that cannot call over the internet: private, shared, loopback and link-local ones (RFC 1918, 6598, 1122, 3927).
    // EKS refuses them in publicAccessCidrs.
    private static readonly IPNetwork[] NotOnTheInternet =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
    ];

    /// <summary>An IPv4 block whose prefix is <paramref name="shortest"/> to <paramref name="longest"/> bits long, written without host bits.</summary>
    public static Rule IPv4(int shortest = 0, int longest = 32) => text =>
        // IPNetwork.TryParse refuses host bits; the round trip refuses octal, hexadecimal and shortened spellings.
        IPNetwork.TryParse(text, out var block) && block.BaseAddress.AddressFamily == AddressFamily.InterNetwork && block.ToString() == text
        && block.PrefixLength >= shortest && block.PrefixLength <= longest
            ? null
            : $"use an IPv4 block such as 10.0.0.0/{longest}: four numbers, a prefix of {Lengths(shortest, longest)} bits, no bit set beyond the prefix";

    /// <summary>An IPv4 block of addresses that can call over the internet, or 0.0.0.0/0.</summary>
    public static string? PublicIPv4(string text)
    {
        if (IPv4()(text) is { } problem)
        {
            return problem;
        }

        var block = IPNetwork.Parse(text);
        return block.PrefixLength > 0 && NotOnTheInternet.Any(other => other.Contains(block.BaseAddress) || block.Contains(other.BaseAddress))
            ? "use public addresses: private ones cannot call over the internet, and EKS refuses them (curl -s https://checkip.amazonaws.com prints yours)"
            : null;
    }

    /// <summary>Whether a block, of IPv4 or IPv6, is the whole internet or at least half of it, which does not limit anything either.</summary>
    /// <param name="block">A block in CIDR notation. Only its prefix length is read, so host bits do not matter.</param>
    public static bool IsWholeInternet(string block) =>
        block.Split('/') is [_, var length] && int.TryParse(length, CultureInfo.InvariantCulture, out var bits) && bits <= 1;

    private static string Lengths(int shortest, int longest) => shortest == longest ? $"{longest}" : $"{shortest} to {longest}";
}
