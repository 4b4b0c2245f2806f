namespace GopherMesh.Infra.Settings;

/// <summary>The network of the EKS cluster; of no effect on an existing cluster.</summary>
/// <param name="VpcCidr">IPv4 block of the network, a /16.</param>
/// <param name="Zones">Availability zones to spread over, 2 or 3, where the region has as many.</param>
/// <param name="NatGateways">Where private subnets leave the network.</param>
/// <param name="FlowLogs">Which connections the network records.</param>
public sealed record NetworkSettings(string VpcCidr, int Zones, NatGateways NatGateways, FlowLogTraffic FlowLogs)
{
    /// <summary>The prefix length of a VPC: the largest that AWS allows (VPC user guide, "VPC CIDR blocks").</summary>
    public const int VpcPrefixLength = 16;

    /// <summary>How many zones there is room for: a quarter of the VPC for each, and the last quarter for the public subnets.</summary>
    public const int MostZones = 3;

    /// <summary>EKS puts the control plane's network interfaces into subnets of at least two zones (EKS user guide, "network_reqs").</summary>
    public const int FewestZones = 2;

    internal static NetworkSettings Read(SettingsReader from) => new(
        VpcCidr: from.Read(NetworkKeys.VpcCidr),
        Zones: from.Read(NetworkKeys.Zones),
        NatGateways: from.Read(NetworkKeys.NatGateways),
        FlowLogs: from.Read(NetworkKeys.FlowLogs));
}
