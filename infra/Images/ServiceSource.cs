namespace GopherMesh.Infra.Images;

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
