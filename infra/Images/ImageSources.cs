using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

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

/// <summary>The name of an image's content: the same sources give the same tag on every machine, and a changed byte gives another tag.</summary>
public static class SourceHash
{
    // 64 bits: a clash between two states of these sources will not happen, and a tag stays readable.
    private const int HexDigits = 16;

    /// <summary>The tag of the image that these files make.</summary>
    /// <param name="root">The folder that the paths are relative to.</param>
    /// <param name="files">The files, in an order that depends on their names alone.</param>
    public static string Tag(string root, IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            Append(hash, Encoding.UTF8.GetBytes(file));
            Append(hash, File.ReadAllBytes(Path.Combine(root, file)));
        }

        return $"src-{Convert.ToHexStringLower(hash.GetHashAndReset())[..HexDigits]}";
    }

    // With its length in front, so that moving a byte from one file to the next, or to a name, is a change.
    private static void Append(IncrementalHash hash, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(length, bytes.LongLength);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}

/// <summary>One of this repository's services, as something to build: the project in <c>apps/NAME</c> that imports Service.props.</summary>
/// <param name="Name">The service's name, which is also that of its folder and the last part of its ECR repository's.</param>
/// <param name="Project">Its project file, from the repository's root.</param>
public sealed record ServiceSource(string Name, string Project)
{
    private const string SharedCode = "apps/gopher-service";
    private static readonly Lazy<IReadOnlyList<ServiceSource>> Here = new(() => In(RepositoryRoot.Find()));

    /// <summary>Every service of this repository, in ordinal order of the names.</summary>
    /// <exception cref="DirectoryNotFoundException">The repository is not on this machine.</exception>
    public static IReadOnlyList<ServiceSource> All => Here.Value;

    /// <summary>The folders whose files make it: its own and that of the project that every service refers to.</summary>
    public IReadOnlyList<string> Folders => [$"apps/{Name}", SharedCode];

    /// <summary>The service of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ServiceSource Named(string name) =>
        All.FirstOrDefault(service => service.Name == name)
        ?? throw new ArgumentException(
            $"{name} is not a service of this repository: name an image, or add apps/{name} with a project that imports Service.props.", nameof(name));

    /// <summary>The services of the repository at <paramref name="root"/>.</summary>
    public static IReadOnlyList<ServiceSource> In(string root) =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(root, "apps"))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
            .Where(project => File.ReadAllText(project).Contains("gopher-service/Service.props", StringComparison.Ordinal))
            .Select(project => Path.GetRelativePath(root, project).Replace(Path.DirectorySeparatorChar, '/'))
            .Select(project => new ServiceSource(project.Split('/')[1], project))
            .OrderBy(service => service.Name, StringComparer.Ordinal),
    ];
}

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
