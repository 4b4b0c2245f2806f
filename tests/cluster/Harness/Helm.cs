using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>helm, on the cluster under test.</summary>
internal static class Helm
{
    /// <summary>Installs a release with its declared values; the cluster's own come last and therefore win.</summary>
    public static Task InstallAsync(DeclaredRelease release) => Command.RunWithAsync(release.Values, "helm",
    [
        "--kube-context", ClusterSettings.Context,
        "upgrade", "--install", release.Name, .. Chart(release),
        "--namespace", release.Namespace,
        "--values", "-", .. OwnValues(release),
        "--wait", "--timeout", "4m",
    ]);

    private static string[] Chart(DeclaredRelease release) => ClusterSettings.IstioFolder is { } folder
        ? [Path.Combine(folder, "charts", release.Chart)]
        : [release.Chart, "--repo", release.Repository, "--version", release.Version];

    private static IEnumerable<string> OwnValues(DeclaredRelease release)
    {
        string?[] folders = [Path.Combine(Repository.Root, "tests", "cluster", "values"), ClusterSettings.IstioFolder];
        return from folder in folders
               let file = folder is null ? null : Path.Combine(folder, $"{release.Chart}-values.yaml")
               where File.Exists(file)
               from argument in new[] { "--values", file }
               select argument;
    }
}
