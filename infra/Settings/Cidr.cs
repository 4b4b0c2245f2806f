using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GopherMesh.Infra.Settings;

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

    /// <summary>Whether a block, of IPv4 or IPv6, is the whole internet or at least half of it, which is no limit either.</summary>
    /// <param name="block">A block in CIDR notation. Only its prefix length is read, so host bits do not matter.</param>
    public static bool IsWholeInternet(string block) =>
        block.Split('/') is [_, var length] && int.TryParse(length, CultureInfo.InvariantCulture, out var bits) && bits <= 1;

    private static string Lengths(int shortest, int longest) => shortest == longest ? $"{longest}" : $"{shortest} to {longest}";
}
