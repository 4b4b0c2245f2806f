using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace GopherMesh.Infra.Eks.Network;

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
