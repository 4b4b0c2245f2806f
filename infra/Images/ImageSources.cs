namespace GopherMesh.Infra.Images;

/// <summary>The files that make a service's image: the ones that can change it, and no others.</summary>
public static class ImageSources
{
    // What every build of a service reads: the SDK's version, the compiler's options, the versions of its packages (those of the program
    // and the tests, in Directory.Packages.props, reach no service) and how it is published.
    private static readonly string[] Shared =
    [
        "global.json",
        "Directory.Build.props",
        "Directory.Build.targets",
        "apps/Packages.props",
        "PulumiSdk.props",
        "infra/Images/publish-image.sh",
    ];

    private static readonly string[] BuildOutputs = ["bin", "obj", "artifacts"];

    /// <summary>The files of one service, relative to the repository's root with forward slashes, in ordinal order.</summary>
    /// <param name="root">The repository's root.</param>
    /// <param name="service">Which service.</param>
    /// <exception cref="FileNotFoundException">One of the files that are always there is missing.</exception>
    public static IReadOnlyList<string> Of(string root, ServiceSource service) =>
    [
        .. Shared.Select(file => Existing(root, file))
            .Concat(service.Folders.SelectMany(folder => FilesIn(root, folder)))
            .Order(StringComparer.Ordinal),
    ];

    private static string Existing(string root, string file) =>
        File.Exists(Path.Combine(root, file))
            ? file
            : throw new FileNotFoundException($"{file} is missing from {root}; the images cannot be built without it.", file);

    private static IEnumerable<string> FilesIn(string root, string folder) =>
        Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(IsSource);

    // A leading dot marks what editors and tools leave behind.
    private static bool IsSource(string file) => !file.Split('/').Any(part => part.StartsWith('.') || BuildOutputs.Contains(part));
}
