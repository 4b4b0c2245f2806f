using System.Text.Json.Nodes;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>All that the program declares for one stack.</summary>
/// <param name="Stack">The stack's name.</param>
/// <param name="Resources">The resources in the order in which they were constructed; none comes before one that it depends on.</param>
/// <param name="Outputs">The stack's outputs, secrets masked.</param>
public sealed record Declaration(string Stack, IReadOnlyList<DeclaredResource> Resources, JsonObject Outputs)
{
    /// <summary>What `pulumi up` would warn of.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
