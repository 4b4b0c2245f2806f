using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Check.Reading;

/// <summary>The folder that `render` filled, here or on someone else's machine.</summary>
internal static class RenderingFolder
{
    /// <summary>The texts of all its files by their paths below it, with forward slashes.</summary>
    /// <exception cref="UserException">It is not there, or cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), TextFile.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException(exception.Message, folder, "Name a folder that ./gopherctl render has filled, or one of manifests.");
        }
    }
}
