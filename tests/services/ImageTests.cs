using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace GopherMesh.Tests.Services;

/// <summary>The images that `dotnet publish -t:PublishContainer` makes, as MSBuild computes them; nothing is downloaded.</summary>
public sealed class ImageTests
{
    private static readonly string Apps = typeof(ImageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "AppsFolder").Value!;

    [Theory]
    [InlineData("gopher-distributor", "GopherDistributor")]
    [InlineData("gopher-requester", "GopherRequester")]
    public async Task Is_chiseled_not_root_and_for_both_architectures(string service, string project)
    {
        var image = await EvaluateAsync(Path.Combine(Apps, service, $"{project}.csproj"));

        Assert.Equal("mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled", Property("ContainerBaseImage"));
        Assert.Equal(service, Property("ContainerRepository"));
        Assert.Equal("1654", Property("ContainerUser"));
        Assert.Equal("linux-x64;linux-arm64", Property("ContainerRuntimeIdentifiers"));
        Assert.Equal(["8080 tcp"], Items("ContainerPort", "Type"));
        Assert.Equal(["DOTNET_EnableDiagnostics 0"], Items("ContainerEnvironmentVariable", "Value"));
        Assert.Contains($"org.opencontainers.image.title {service}", Items("ContainerLabel", "Value"));
        Assert.DoesNotContain(Items("ContainerLabel", "Value"), label => label.StartsWith("org.opencontainers.image.created", StringComparison.Ordinal));

        string? Property(string name) => image.GetProperty("Properties").GetProperty(name).GetString();

        IEnumerable<string> Items(string name, string metadata) => image.GetProperty("Items").GetProperty(name).EnumerateArray()
            .Select(item => $"{item.GetProperty("Identity").GetString()} {item.GetProperty(metadata).GetString()}");
    }

    private static async Task<JsonElement> EvaluateAsync(string project)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet",
        [
            "msbuild", project, "-nologo", "-nodeReuse:false", "-target:ComputeContainerConfig",
            "-getProperty:ContainerBaseImage,ContainerRepository,ContainerUser,ContainerRuntimeIdentifiers",
            "-getItem:ContainerPort,ContainerEnvironmentVariable,ContainerLabel",
        ])
        { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        return JsonDocument.Parse(output).RootElement;
    }
}
