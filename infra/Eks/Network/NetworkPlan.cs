using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws;
using Pulumi.Aws.Inputs;

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

/// <summary>Arithmetic on IPv4 blocks in CIDR notation.</summary>
public static class AddressBlocks
{
    private const int AddressBits = 32;

    /// <summary>Cuts a block into equal blocks with the given, longer prefix, in ascending order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is shorter than the block's own or longer than an address.</exception>
    public static IReadOnlyList<IPNetwork> Split(this IPNetwork block, int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(block.BaseAddress.AddressFamily, AddressFamily.InterNetwork, nameof(block));
        ArgumentOutOfRangeException.ThrowIfLessThan(prefixLength, block.PrefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, AddressBits);

        var first = BinaryPrimitives.ReadUInt32BigEndian(block.BaseAddress.GetAddressBytes());
        var size = 1UL << (AddressBits - prefixLength);
        var count = 1 << (prefixLength - block.PrefixLength);
        return [.. Enumerable.Range(0, count).Select(index => new IPNetwork(AddressAt(first + ((ulong)index * size)), prefixLength))];
    }

    private static IPAddress AddressAt(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        return new IPAddress(bytes);
    }
}

/// <summary>The names of a region's availability zones. They differ between accounts, so the program requests them from AWS.</summary>
public static class AvailabilityZoneNames
{
    /// <summary>Requests from AWS the names of the zones that need no opt-in and in which EKS runs.</summary>
    public static Output<ImmutableArray<string>> LookUp(string region, int wanted, InvokeOptions options) =>
        GetAvailabilityZones.Invoke(
            new()
            {
                State = "available",
                ExcludeZoneIds = [.. Region.ZonesWithoutEks],
                // Local Zones and Wavelength Zones need an opt-in and cannot hold an EKS control plane.
                Filters = [new GetAvailabilityZonesFilterInputArgs { Name = "opt-in-status", Values = ["opt-in-not-required"] }],
            },
            options)
        .Apply(found => Choose(region, wanted, found.Names));

    /// <summary>The first of the zones found, in the order of their names.</summary>
    /// <exception cref="RunException">The region has fewer zones than are wanted.</exception>
    public static ImmutableArray<string> Choose(string region, int wanted, IReadOnlyCollection<string> found) =>
        found.Count >= wanted
            ? [.. found.Order(StringComparer.Ordinal).Take(wanted)]
            : throw new RunException(
                $"gopher-mesh:zones: {wanted} zones are wanted, and this account has {found.Count} of {region} in which EKS runs " +
                $"({string.Join(", ", found)}): " +
                (found.Count >= NetworkSettings.FewestZones
                    ? $"set zones to {found.Count} or use another region."
                    : $"use another region, since EKS needs at least {NetworkSettings.FewestZones} zones."));
}
