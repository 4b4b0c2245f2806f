namespace GopherMesh.Gopherctl.Check.Rules.Cloud;

/// <summary>Blocks of addresses.</summary>
internal static class Addresses
{
    /// <summary>Whether a block is the whole internet, or as good as: half of IPv4 is no limit either.</summary>
    public static bool AreAll(string block) =>
        block.Split('/') is [_, var length] && int.TryParse(length, out var bits) && bits <= 1;
}
