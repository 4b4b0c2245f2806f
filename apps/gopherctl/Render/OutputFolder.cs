using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Render;

/// <summary>
/// The folder that `render` fills. It holds exactly what was rendered: a second rendering replaces the first whole, and a folder with
/// anything in it that gopherctl did not write is left alone.
/// </summary>
internal static class OutputFolder
{
    /// <summary>Marks the folder as gopherctl's; its lines name the files that gopherctl wrote.</summary>
    public const string ListFile = ".rendered";

    /// <summary>Writes the files below the folder.</summary>
    /// <exception cref="UserException">The path is a file, cannot be written, or holds a file that is not from an earlier rendering.</exception>
    public static void Write(string folder, IReadOnlyDictionary<string, string> files)
    {
        try
        {
            Clear(folder);
            foreach (var (path, text) in files.Append(KeyValuePair.Create(ListFile, string.Concat(files.Keys.Select(path => path + "\n")))))
            {
                var target = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllText(target, text);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException(exception.Message, folder, "Name a folder that can be written with --out.");
        }
    }

    private static void Clear(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var list = Path.Combine(folder, ListFile);
        var ours = File.Exists(list) ? File.ReadAllLines(list).Append(ListFile).Select(path => Path.GetFullPath(path, folder)).ToHashSet() : [];
        var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(Path.GetFullPath).ToList();
        if (found.Find(file => !ours.Contains(file)) is { } foreign)
        {
            throw new UserException(
                $"'{Path.GetRelativePath(folder, foreign)}' in the folder is not from an earlier rendering", folder, "Name a new or empty folder with --out.");
        }

        found.ForEach(File.Delete);
    }
}
