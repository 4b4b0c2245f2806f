using GopherMesh.Infra.Settings.Parsing;
using GopherMesh.Infra.Settings.Rules;

namespace GopherMesh.Infra.Settings;

/// <summary>The keys of the EKS cluster's network.</summary>
public static class NetworkKeys
{
    internal static readonly SettingKey<string> VpcCidr = new(
        "vpcCidr", SchemaType.Text, "10.0.0.0/16", Parse.Text(Cidr.IPv4(NetworkSettings.VpcPrefixLength, NetworkSettings.VpcPrefixLength)),
        "IPv4 block of the cluster's own network, a /16; choose one that nothing you connect to uses.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<int> Zones = new(
        "zones", SchemaType.Number, "3", Parse.Number(NetworkSettings.FewestZones, NetworkSettings.MostZones),
        "Availability zones to spread over, 2 or 3; fewer where the region has fewer.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<NatGateways> NatGateways = new(
        "natGateways", SchemaType.Text, "one", Parse.OneOf(Words.Of<NatGateways>()),
        "NAT gateways: one (cheapest; without its zone nothing gets out) or perZone.")
    { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<FlowLogTraffic> FlowLogs = new(
        "flowLogs", SchemaType.Text, "rejected", Parse.OneOf(Words.Of<FlowLogTraffic>()),
        "Connections that the network records in CloudWatch: none, rejected or all.")
    { OnlyOn = ClusterKind.Eks };
}
