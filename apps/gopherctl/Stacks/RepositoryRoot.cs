using GopherMesh.Gopherctl.Commands;

namespace GopherMesh.Gopherctl.Stacks;

/// <summary>Where the project lies that gopherctl works on.</summary>
public static class RepositoryRoot
{
    /// <summary>The variable by which the gopherctl script tells the folder.</summary>
    public const string Variable = "GOPHER_MESH_ROOT";

    /// <summary>The folder of Pulumi.yaml: the script's, or the nearest one at or above the working directory.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static string Find() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } told
            ? Path.GetFullPath(told)
            : Above(Directory.GetCurrentDirectory()).FirstOrDefault(folder => File.Exists(Path.Combine(folder, ProjectFile.FileName)))
                ?? throw new UserException($"no {ProjectFile.FileName} here or above", Directory.GetCurrentDirectory(), "Run gopherctl from the repository.");

    private static IEnumerable<string> Above(string folder)
    {
        for (var current = folder; current is not null; current = Path.GetDirectoryName(current))
            yield return current;
    }
}
