using System.Net;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>The address blocks of a VPC, computed from its whole block: nothing in it has to be chosen by hand or can overlap.</summary>
/// <param name="Vpc">The whole block.</param>
/// <param name="Zones">One pair of subnets for each availability zone, in the order of the zones.</param>
public sealed record NetworkPlan(IPNetwork Vpc, IReadOnlyList<ZoneSubnets> Zones)
{
    // On EKS every pod has an address of its subnet, so each private subnet gets a quarter of the block: 16,379 addresses of a /16.
    // The public subnets, which hold only load balancers and NAT gateways, share the last quarter.
    private const int QuarterBits = 2;

    /// <summary>Splits <paramref name="vpc"/> over <paramref name="zones"/> availability zones.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The block is larger or smaller than the settings allow, or the number of zones is not 2 or 3.</exception>
    public static NetworkPlan For(IPNetwork vpc, int zones)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vpc.PrefixLength, NetworkSettings.ShortestVpcPrefix, nameof(vpc));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vpc.PrefixLength, NetworkSettings.LongestVpcPrefix, nameof(vpc));
        ArgumentOutOfRangeException.ThrowIfLessThan(zones, NetworkSettings.FewestZones);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(zones, NetworkSettings.MostZones);

        var quarters = vpc.Split(vpc.PrefixLength + QuarterBits);
        var publicBlocks = quarters[^1].Split(vpc.PrefixLength + (2 * QuarterBits));
        return new NetworkPlan(vpc, [.. Enumerable.Range(0, zones).Select(zone => new ZoneSubnets(quarters[zone], publicBlocks[zone]))]);
    }
}

/// <summary>The subnets of one availability zone.</summary>
/// <param name="Private">Where the nodes and pods live; reaches the internet through a NAT gateway only.</param>
/// <param name="Public">Where internet-facing load balancers and NAT gateways live.</param>
public sealed record ZoneSubnets(IPNetwork Private, IPNetwork Public);
