using System.Text.Json.Nodes;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>All that the program declares for one stack.</summary>
/// <param name="Stack">The stack's name.</param>
/// <param name="Resources">The resources in the order in which they were constructed; none comes before one that it depends on.</param>
/// <param name="Outputs">The stack's outputs, secrets masked.</param>
public sealed record Declaration(string Stack, IReadOnlyList<DeclaredResource> Resources, JsonObject Outputs)
{
    /// <summary>The warnings of `pulumi up`.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>One resource that the program declares.</summary>
/// <param name="Type">The type token, e.g. `kubernetes:apps/v1:Deployment`.</param>
/// <param name="Name">The name within the program, not necessarily that of the object.</param>
/// <param name="Urn">The URN that the engine would give it, with the types of all its parents.</param>
/// <param name="Parent">The parent's URN; null when that is the stack.</param>
/// <param name="Provider">The URN of the explicit provider; null for a default one and for components.</param>
/// <param name="DependsOn">URNs: the option DependsOn, and the resources whose outputs the inputs are made of; sorted.</param>
/// <param name="IsRead">Whether the program only reads the resource, which something else creates.</param>
/// <param name="Inputs">The inputs, secrets masked, keys sorted.</param>
public sealed record DeclaredResource(
    string Type, string Name, string Urn, string? Parent, string? Provider, IReadOnlyList<string> DependsOn, bool IsRead, JsonObject Inputs)
{
    /// <summary>The text that replaces a secret value in <see cref="Inputs"/>.</summary>
    public const string Secret = "[secret]";

    /// <summary>Those of <see cref="DependsOn"/> that the option names, whether or not an input is made of them too.</summary>
    public IReadOnlyList<string> ExplicitDependsOn { get; init; } = [];

    /// <summary>URNs of the providers that a component's own options name; a remote component gets only these. Sorted.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Inputs whose changes the engine ignores.</summary>
    public IReadOnlyList<string> IgnoreChanges { get; init; } = [];

    /// <summary>How long the provider may take to delete it; null: the provider's own choice.</summary>
    public TimeSpan? DeleteTimeout { get; init; }

    /// <summary>Whether the engine refuses to delete it.</summary>
    public bool Protect { get; init; }

    /// <summary>Whether the engine removes it only from its state, where it would otherwise delete it.</summary>
    public bool RetainOnDelete { get; init; }

    /// <summary>The URN of the resource whose deletion deletes this one too; null if the engine deletes this one itself.</summary>
    public string? DeletedWith { get; init; }

    /// <summary>The line of the program that constructs it; null where none is known.</summary>
    public SourceLine? Source { get; init; }
}
