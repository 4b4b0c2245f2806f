namespace GopherMesh.Tests.Scripts;

/// <summary>A copy of the files that the scripts read, in a folder of its own, with a NuGet feed and cache of its own.</summary>
internal sealed class Checkout : IDisposable
{
    private static readonly string[] Files =
    [
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "PulumiSdk.props", "global.json",
        "gopherctl", "test", "apps/Packages.props", "infra/Infra.csproj", "tests/pulumi-stand-in/PulumiStandIn.csproj",
        "scripts/common.sh", "scripts/pulumi-sdk.sh", "scripts/count-tests.sh",
        "scripts/cluster-tests.sh", "scripts/cluster-context.sh",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gopher-mesh-scripts-");

    public Checkout()
    {
        foreach (var file in Files)
        {
            var copy = Path.Combine(Root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Repository.Root, file), copy);
        }

        Directory.CreateDirectory(Feed);
    }

    public string Root => Path.Combine(_folder.FullName, "checkout");

    public string Feed => Path.Combine(_folder.FullName, "feed");

    public string Cache => Path.Combine(_folder.FullName, "cache");

    public string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>Adds the projects of the program, the services and gopherctl, without their sources: what a restore reads.</summary>
    public void AddProjects()
    {
        foreach (var file in ProjectFiles("infra").Concat(ProjectFiles("apps")))
        {
            var copy = PathOf(Path.GetRelativePath(Repository.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>Runs <paramref name="script"/> in the checkout, with its feed as NuGet's only source.</summary>
    public Task<ScriptResult> RunAsync(string script, params (string Name, string Value)[] environment) =>
        Bash.RunAsync(Root, script, [("RestoreSources", Feed), ("NUGET_PACKAGES", Cache), .. environment]);

    /// <summary>Lets a restore decide, as ./gopherctl and ./test do, and prints the answer.</summary>
    public Task<ScriptResult> ChooseSdkAsync(params (string Name, string Value)[] environment) =>
        RunAsync("set -euo pipefail; source scripts/common.sh; choose_sdk; echo \"$PulumiSdk\"", environment);

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<string> ProjectFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".csproj" or ".props");
}

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "PulumiSdk.props")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
