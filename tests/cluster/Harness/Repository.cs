namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>Where the repository is that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Infra.sln"))
            ? folder
            : Find(Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException($"no repository around {AppContext.BaseDirectory}"));
}
