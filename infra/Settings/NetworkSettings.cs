namespace GopherMesh.Infra;

/// <summary>The network of the EKS cluster; of no effect on an existing cluster.</summary>
/// <param name="VpcCidr">IPv4 block of the network, a /16.</param>
/// <param name="Zones">Availability zones to spread over, 2 or 3, where the region has as many.</param>
/// <param name="NatGateways">Where private subnets leave the network.</param>
/// <param name="FlowLogs">Which connections the network records.</param>
public sealed record NetworkSettings(string VpcCidr, int Zones, NatGateways NatGateways, FlowLogTraffic FlowLogs)
{
    internal static NetworkSettings Read(SettingsReader from) => new(
        VpcCidr: from.Read(NetworkKeys.VpcCidr),
        Zones: from.Read(NetworkKeys.Zones),
        NatGateways: from.Read(NetworkKeys.NatGateways),
        FlowLogs: from.Read(NetworkKeys.FlowLogs));
}
