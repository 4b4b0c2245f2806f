using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Order;

/// <summary>A dependency that the program names by the option DependsOn. Created later, and deleted earlier, is what depends.</summary>
/// <param name="From">What depends, as <see cref="KeyOf"/> names it.</param>
/// <param name="To">What it depends on.</param>
internal sealed record Edge(string From, string To)
{
    /// <summary>A resource as the tables name it: kind and name, and the whole type of a component of ours.</summary>
    public static string KeyOf(Declared resource) =>
        $"{(resource.Type.StartsWith("gopher-mesh:", StringComparison.Ordinal) ? resource.Type : resource.Type.Split(':')[^1])} {resource.Name}";

    public override string ToString() => $"{From} -> {To}";
}

/// <summary>Edges to one resource that are there for one reason.</summary>
/// <param name="To">What they go to.</param>
/// <param name="Reason">What would go wrong at an apply or a destroy without one of them.</param>
/// <param name="From">Where they come from.</param>
internal sealed record EdgeGroup(string To, string Reason, params string[] From)
{
    /// <summary>
    /// Why an order that holds without one of these edges, by another path, is named all the same; null where each of them alone holds one.
    /// </summary>
    public string? HeldElsewhere { get; init; }

    public IEnumerable<Edge> Edges => From.Select(from => new Edge(from, To));
}
