using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>Reads files that users give to gopherctl, up to a size.</summary>
internal static class TextFile
{
    /// <summary>The whole text; the encoding's byte order mark is skipped.</summary>
    /// <exception cref="UserException">It is longer than the limit.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Read(string path)
    {
        using var reader = new StreamReader(path);
        var text = new char[64 * 1024];
        var whole = new System.Text.StringBuilder();
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
