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

/// <summary>The network of the EKS cluster; of no effect on an existing cluster.</summary>
public sealed record NetworkSettings(string VpcCidr, int Zones, NatGateways NatGateways, FlowLogTraffic FlowLogs)
{
    /// <summary>The prefix length of a VPC: the largest that AWS allows (VPC user guide, "VPC CIDR blocks").</summary>
    public const int VpcPrefixLength = 16;

    /// <summary>How many zones there is room for: a quarter of the VPC for each, and the last quarter for the public subnets.</summary>
    public const int MostZones = 3;

    /// <summary>EKS puts the control plane's network interfaces into subnets of at least two zones (EKS user guide, "network_reqs").</summary>
    public const int FewestZones = 2;

    private static readonly SettingKey<string> VpcCidrKey = new(
        "vpcCidr", "10.0.0.0/16", Parse.Text(Cidr.IPv4(VpcPrefixLength, VpcPrefixLength)))
    { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<int> ZonesKey = new("zones", "3", Parse.Number(FewestZones, MostZones)) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<NatGateways> NatGatewaysKey = new("natGateways", "one", Parse.OneOf<NatGateways>()) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<FlowLogTraffic> FlowLogsKey = new("flowLogs", "rejected", Parse.OneOf<FlowLogTraffic>()) { OnlyOn = ClusterKind.Eks };

    internal static NetworkSettings Read(SettingsReader from) => new(
        VpcCidr: from.Read(VpcCidrKey),
        Zones: from.Read(ZonesKey),
        NatGateways: from.Read(NatGatewaysKey),
        FlowLogs: from.Read(FlowLogsKey));
}
