namespace GopherMesh.Infra.Images;

/// <summary>Finds this repository on the machine, whatever the working directory is.</summary>
public static class RepositoryRoot
{
    private const string Marker = "Pulumi.yaml";

    /// <summary>The folder that holds Pulumi.yaml, above the folder from which the program was loaded.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static string Find() => FindFrom(AppContext.BaseDirectory);

    /// <summary>The folder that holds Pulumi.yaml, at or above <paramref name="folder"/>.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static string FindFrom(string folder) => AtOrAbove(folder) ?? throw new DirectoryNotFoundException(
        $"No folder above {folder} has {Marker}, so the services' sources cannot be found; name an image for each version instead.");

    /// <summary>The nearest folder that holds Pulumi.yaml, at or above <paramref name="folder"/>; null if there is none.</summary>
    public static string? AtOrAbove(string folder)
    {
        for (var candidate = new DirectoryInfo(folder); candidate is not null; candidate = candidate.Parent)
        {
            if (File.Exists(Path.Combine(candidate.FullName, Marker)))
            {
                return candidate.FullName;
            }
        }

        return null;
    }
}
