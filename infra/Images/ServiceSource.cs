namespace GopherMesh.Infra.Images;

/// <summary>One of this repository's services, as something to build an image from.</summary>
/// <param name="Name">The service's name, which is also the last part of its ECR repository's.</param>
/// <param name="Project">Its project file, from the repository's root.</param>
/// <param name="Folders">The folders whose files make it: its own and those of the projects that it references.</param>
public sealed record ServiceSource(string Name, string Project, IReadOnlyList<string> Folders)
{
    private const string SharedCode = "apps/gopher-service";

    /// <summary>The service behind the gateway.</summary>
    public static ServiceSource Requester { get; } =
        new("gopher-requester", "apps/gopher-requester/GopherRequester.csproj", ["apps/gopher-requester", SharedCode]);

    /// <summary>The service that has versions.</summary>
    public static ServiceSource Distributor { get; } =
        new("gopher-distributor", "apps/gopher-distributor/GopherDistributor.csproj", ["apps/gopher-distributor", SharedCode]);

    /// <summary>Both of them.</summary>
    public static IReadOnlyList<ServiceSource> All { get; } = [Requester, Distributor];

    /// <summary>The service of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ServiceSource Named(string name) =>
        All.FirstOrDefault(service => service.Name == name)
        ?? throw new ArgumentException($"{name} is not a service of this repository.", nameof(name));
}
