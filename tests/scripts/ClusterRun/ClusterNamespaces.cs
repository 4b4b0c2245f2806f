using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Scripts.ClusterRun;

/// <summary>Namespaces that a cluster run creates: what the script removes, and what the tests name.</summary>
internal static partial class ClusterNamespaces
{
    /// <summary>The list of scripts/cluster-context.sh.</summary>
    public static IReadOnlyList<string> InScript { get; } =
        List().Match(File.ReadAllText(Path.Combine(Repository.Root, "scripts", "cluster-context.sh"))).Groups[1].Value.Split(' ');

    /// <summary>Constants in tests/cluster of the form in which it names namespaces, but for the two services' own names.</summary>
    public static IReadOnlyList<string> InTests { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "cluster"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Where(name => !Service().IsMatch(name))
            .Distinct(),
    ];

    [GeneratedRegex(@"^cluster_namespaces=\(([a-z -]+)\)$", RegexOptions.Multiline)]
    private static partial Regex List();

    [GeneratedRegex("\"(gopher-[a-z0-9-]*[a-z0-9])\"")]
    private static partial Regex Literal();

    [GeneratedRegex("^gopher-(distributor|requester)(-|$)")]
    private static partial Regex Service();
}
