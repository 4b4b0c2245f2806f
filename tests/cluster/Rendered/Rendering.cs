using GopherMesh.Gopherctl.Commands;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Rendered;

/// <summary>What <c>gopherctl render</c> wrote for the local stack with some settings changed.</summary>
/// <param name="Objects">The objects in the order in which they are applied.</param>
/// <param name="Releases">The Helm releases in the order in which they are installed.</param>
internal sealed record Rendering(IReadOnlyList<DeclaredObject> Objects, IReadOnlyList<DeclaredRelease> Releases)
{
    /// <summary>Renders the local stack with the images of the cluster under test.</summary>
    /// <param name="settings">Changed settings, each <c>key=value</c>.</param>
    public static async Task<Rendering> OfAsync(params IEnumerable<string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("gopher-render-").FullName;
        var gopherctl = typeof(ExitCode).Assembly.Location;
        await Command.RunAsync("dotnet",
        [
            gopherctl, "render", "--stack", "local", "--out", folder,
            .. OfTheCluster().Concat(settings).SelectMany(setting => new[] { "--set", setting }),
        ]);
        return Read(folder);
    }

    /// <summary>The versions that <see cref="OfAsync"/> knows, as a setting: v1 and v2 of the distributor, or another image for v2.</summary>
    public static string Versions(string v2) => $$"""versions={"v1":"{{ClusterSettings.DistributorImage}}","v2":"{{v2}}"}""";

    public static Rendering Read(string folder) => new(
        [.. Directory.GetFiles(Path.Combine(folder, "manifests"), "*.yaml").Order(StringComparer.Ordinal).Select(DeclaredObject.Read)],
        InOrder([.. Directory.GetFiles(Path.Combine(folder, "helm"), "*.yaml").Order(StringComparer.Ordinal).Select(DeclaredRelease.Read)]));

    /// <summary>The declared object of a kind and name.</summary>
    public DeclaredObject Single(string kind, string name) => Objects.Single(item => item.Kind == kind && item.Name == name);

    // The tests reach the gateway as callers do on EKS: by a load balancer.
    private static string[] OfTheCluster() =>
        [Versions(ClusterSettings.DistributorImage), $"requesterImage={ClusterSettings.RequesterImage}", "gatewayServiceType=LoadBalancer"];

    private static List<DeclaredRelease> InOrder(List<DeclaredRelease> releases)
    {
        List<DeclaredRelease> ordered = [];
        while (ordered.Count < releases.Count)
            ordered.Add(releases.First(release => !ordered.Contains(release) && release.After.All(name => ordered.Exists(done => done.Name == name))));
        return ordered;
    }
}
