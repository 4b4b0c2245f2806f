using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GopherMesh.Infra.Images;

/// <summary>The name of an image's content: the same sources give the same tag on every machine, and a changed byte gives another tag.</summary>
public static class SourceHash
{
    // 64 bits: a clash between two states of these sources will not happen, and a tag stays readable.
    private const int HexDigits = 16;

    /// <summary>The tag of the image that these files make.</summary>
    /// <param name="root">The folder that the paths are relative to.</param>
    /// <param name="files">The files, in an order that depends on their names alone.</param>
    public static string Tag(string root, IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            Append(hash, Encoding.UTF8.GetBytes(file));
            Append(hash, File.ReadAllBytes(Path.Combine(root, file)));
        }

        return $"src-{Convert.ToHexStringLower(hash.GetHashAndReset())[..HexDigits]}";
    }

    // With its length in front, so that moving a byte from one file to the next, or to a name, is a change.
    private static void Append(IncrementalHash hash, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(length, bytes.LongLength);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
