using System.Net;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>The address blocks of a VPC, computed from its /16: nothing in it has to be chosen by hand or can overlap.</summary>
/// <param name="Vpc">The whole block, a /16.</param>
/// <param name="Zones">One pair of subnets for each availability zone, in the order of the zones.</param>
public sealed record NetworkPlan(IPNetwork Vpc, IReadOnlyList<ZoneSubnets> Zones)
{
    // On EKS every pod has an address of its subnet, so the private subnets get what there is: 16,379 addresses each. The
    // public ones hold only load balancers and NAT gateways.
    private const int PrivatePrefixLength = 18;
    private const int PublicPrefixLength = 20;

    /// <summary>Splits <paramref name="vpc"/> over <paramref name="zones"/> availability zones.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The block is not a /16, or the number of zones is not 2 or 3.</exception>
    public static NetworkPlan For(IPNetwork vpc, int zones)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vpc.PrefixLength, NetworkSettings.VpcPrefixLength, nameof(vpc));
        ArgumentOutOfRangeException.ThrowIfLessThan(zones, NetworkSettings.FewestZones);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(zones, NetworkSettings.MostZones);

        var quarters = vpc.Split(PrivatePrefixLength);
        var publicBlocks = quarters[^1].Split(PublicPrefixLength);
        return new NetworkPlan(vpc, [.. Enumerable.Range(0, zones).Select(zone => new ZoneSubnets(quarters[zone], publicBlocks[zone]))]);
    }
}

/// <summary>The subnets of one availability zone.</summary>
/// <param name="Private">Where the nodes and pods live; reaches the internet through a NAT gateway only.</param>
/// <param name="Public">Where internet-facing load balancers and NAT gateways live.</param>
public sealed record ZoneSubnets(IPNetwork Private, IPNetwork Public);
