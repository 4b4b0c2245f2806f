using System.IO.Enumeration;
using System.Text;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>Reads files that users give to gopherctl, up to a size.</summary>
internal static class TextFile
{
    /// <summary>The whole text; the encoding's byte order mark is skipped.</summary>
    /// <exception cref="UserException">It is longer than the limit, or no text of UTF-8, or of UTF-16 or UTF-32 with a byte order mark.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Read(string path)
    {
        using var reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        try
        {
            return Read(reader, path);
        }
        catch (DecoderFallbackException broken)
        {
            throw new UserException($"the file is not UTF-8: {Convert.ToHexStringLower(broken.BytesUnknown ?? [])} is no character", path, "Save it as UTF-8.");
        }
    }

    /// <summary>Every file below a folder. A link to a folder is not followed, as kubectl does it, so that no circle of links is walked.</summary>
    public static IEnumerable<string> AllIn(string folder) => new FileSystemEnumerable<string>(
        folder, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
        ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    };

    /// <summary>Whether there is nothing in a file. A pipe or a socket says so too, and whoever opens one waits for its other end.</summary>
    public static bool IsEmpty(string path) => (File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path)) is FileInfo { Exists: true, Length: 0 };

    private static string Read(StreamReader reader, string path)
    {
        var text = new char[64 * 1024];
        var whole = new StringBuilder();
        while (reader.Read(text) is > 0 and var count)
        {
            whole.Append(text, 0, count);
            if (whole.Length > YamlLimits.MostCharacters)
            {
                throw new UserException($"the file is longer than {YamlLimits.MostCharacters:N0} characters", path, "Name another file, or split it.");
            }
        }

        return whole.ToString();
    }
}
