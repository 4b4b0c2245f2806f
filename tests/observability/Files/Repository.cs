namespace GopherMesh.Tests.Observability;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root, the folder of Pulumi.yaml.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    private static string Above(string folder) =>
        File.Exists(Path.Combine(folder, "Pulumi.yaml")) ? folder : Above(Path.GetDirectoryName(folder)!);
}
