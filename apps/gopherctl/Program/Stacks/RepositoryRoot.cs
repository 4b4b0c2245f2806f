using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>Finds the folder of the project that gopherctl works on.</summary>
public static class RepositoryRoot
{
    /// <summary>The variable by which the gopherctl script passes the folder.</summary>
    public const string Variable = "GOPHER_MESH_ROOT";

    /// <summary>The folder of Pulumi.yaml: the script's, or the nearest one at or above the working directory.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static string Find() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } told
            ? Path.GetFullPath(told)
            : Infra.Images.RepositoryRoot.AtOrAbove(Directory.GetCurrentDirectory())
                ?? throw new UserException($"no {ProjectFile.FileName} here or above", Directory.GetCurrentDirectory(), "Run gopherctl from the repository.");
}
