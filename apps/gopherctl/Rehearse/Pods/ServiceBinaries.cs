using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rehearse.Workloads;
using GopherMesh.Infra.Images;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>Which built service runs for an image: the one of the image's name, since this repository's images are named after their service.</summary>
internal static class ServiceBinaries
{
    /// <summary>The names of the images that can run.</summary>
    public static IEnumerable<string> Names => ServiceSource.All.Select(service => service.Name);

    // artifacts/SDK/bin/PROJECT/CONFIGURATION is where every project of the solution is built.
    private static string OutputFolder => Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    private static string DotnetHost =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    /// <summary>The command line that runs a container.</summary>
    /// <exception cref="UserException">An image that is none of this repository's, or a service that has not been built.</exception>
    public static IReadOnlyList<string> CommandOf(DeploymentSpec deployment)
    {
        var image = deployment.Template.Container.Image;
        if (ServiceSource.All.FirstOrDefault(service => service.Name == NameOf(image)) is not { } service)
        {
            throw new UserException(
                $"the image '{image}' is not one that can be rehearsed",
                $"Deployment {deployment.Key}",
                $"Name an image that ends in {string.Join(" or ", Names)}, or add your service to the rehearsal (docs/your-own-service.md).");
        }

        var project = Path.GetFileNameWithoutExtension(service.Project);
        var program = Path.GetFullPath(Path.Combine(OutputFolder, "..", "..", project, Path.GetFileName(OutputFolder), $"{project}.dll"));
        if (!File.Exists(program))
        {
            throw new UserException("a service has not been built", program, "Run ./gopherctl, which builds what it needs, from the repository.");
        }

        return [DotnetHost, program];
    }

    // registry:port/path/name:tag@digest
    private static string NameOf(string image) => image.Split('@')[0].Split('/')[^1].Split(':')[0];
}
