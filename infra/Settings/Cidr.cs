using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GopherMesh.Infra.Settings;

/// <summary>Rules for blocks of addresses in CIDR notation (RFC 4632).</summary>
public static class Cidr
{
    /// <summary>An IPv4 block whose prefix is <paramref name="shortest"/> to <paramref name="longest"/> bits long, written without host bits.</summary>
    public static Rule IPv4(int shortest = 0, int longest = 32) => text =>
        // IPNetwork.TryParse refuses host bits; the round trip refuses octal, hexadecimal and shortened spellings.
        IPNetwork.TryParse(text, out var block) && block.BaseAddress.AddressFamily == AddressFamily.InterNetwork && block.ToString() == text
        && block.PrefixLength >= shortest && block.PrefixLength <= longest
            ? null
            : $"use an IPv4 block such as 10.0.0.0/{longest}: four numbers, a prefix of {Lengths(shortest, longest)} bits, no bit set beyond the prefix";

    /// <summary>Whether a block, of IPv4 or IPv6, is the whole internet or as good as: half of it is no limit either.</summary>
    /// <param name="block">A block in CIDR notation. Only its prefix length is read, so host bits do not matter.</param>
    public static bool IsWholeInternet(string block) =>
        block.Split('/') is [_, var length] && int.TryParse(length, CultureInfo.InvariantCulture, out var bits) && bits <= 1;

    private static string Lengths(int shortest, int longest) => shortest == longest ? $"{longest}" : $"{shortest} to {longest}";
}
