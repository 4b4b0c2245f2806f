using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Scripts.ClusterRun;

public sealed class NamespaceListTests
{
    // The stack's own namespaces: of the services (the setting `namespace`, which Pulumi.local.yaml does not change), of Istio's charts and of the tools.
    private static readonly string[] OfTheStack = ["gophers", "istio-system", "observability"];

    /// <summary>A namespace that the tests create and the script does not know would stay on someone's cluster.</summary>
    [Fact]
    public void The_script_knows_every_namespace_that_the_tests_name() =>
        Assert.Equal(
            OfTheStack.Concat(ClusterNamespaces.InTests).Order(StringComparer.Ordinal),
            ClusterNamespaces.InScript.Order(StringComparer.Ordinal));

    /// <summary>Without this, a namespace could be named in a way that the test above does not see.</summary>
    [Fact]
    public void Three_places_of_the_tests_create_namespaces_each_by_a_constant()
    {
        string[] creating = ["kind: Namespace,", "\"create\", \"namespace\""];

        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "cluster"), "*.cs", SearchOption.AllDirectories)
            .Where(file => creating.Any(File.ReadAllText(file).Contains))
            .Select(file => Path.GetFileName(file)!)
            .Order(StringComparer.Ordinal);

        Assert.Equal(["ComparedPods.cs", "PodSecurity.cs", "UnauthorizedCallers.cs"], files);
    }
}

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
