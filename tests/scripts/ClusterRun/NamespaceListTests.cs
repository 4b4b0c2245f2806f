namespace GopherMesh.Tests.Scripts.ClusterRun;

public sealed class NamespaceListTests
{
    // The stack's own: of the services (the setting `namespace`, which Pulumi.local.yaml leaves as it is), of Istio's charts and of the tools.
    private static readonly string[] OfTheStack = ["gophers", "istio-system", "observability"];

    /// <summary>A namespace that the tests create and the script does not know would stay on someone's cluster.</summary>
    [Fact]
    public void The_script_knows_every_namespace_that_the_tests_name() =>
        Assert.Equal(
            OfTheStack.Concat(ClusterNamespaces.InTests).Order(StringComparer.Ordinal),
            ClusterNamespaces.InScript.Order(StringComparer.Ordinal));

    /// <summary>So that no namespace is named in a way that the test above does not see.</summary>
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
