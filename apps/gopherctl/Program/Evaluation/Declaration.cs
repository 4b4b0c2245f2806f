using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Stacks;
using Pulumi;
using Pulumi.Utilities;

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

/// <summary>Joins the registrations that the stack's transformation saw with the inputs that the mocks got.</summary>
internal sealed class DeclarationBuilder(
    EffectiveConfig config,
    Recording recording,
    IReadOnlyDictionary<(string Type, string Name), (ImmutableDictionary<string, object> Inputs, string? Provider)> inputs,
    IReadOnlyList<string> warnings)
{
    private readonly Dictionary<Resource, string> _urns = [];

    /// <summary>Builds the declaration after the program's run.</summary>
    /// <exception cref="InvalidOperationException">Two resources have the same type and name: their inputs are mixed up.</exception>
    public async Task<Declaration> BuildAsync()
    {
        var counts = recording.Registrations.CountBy(registration => registration.Key);
        if (counts.FirstOrDefault(count => count.Value > 1) is { Value: > 1 } twice)
        {
            throw new InvalidOperationException($"the program declares {twice.Key.Type} '{twice.Key.Name}' twice");
        }

        foreach (var registration in recording.Registrations)
        {
            _urns[registration.Resource] = Urn(registration);
        }

        var resources = new List<DeclaredResource>();
        foreach (var registration in recording.Registrations)
        {
            resources.Add(await BuildAsync(registration));
        }

        return new Declaration(config.Stack, resources, await OutputsAsync()) { Warnings = warnings };
    }

    private async Task<DeclaredResource> BuildAsync(Registration registration)
    {
        var (values, provider) = inputs.GetValueOrDefault(registration.Key, (ImmutableDictionary<string, object>.Empty, null));
        var walk = new InputWalk();
        await walk.VisitAsync(registration.Args);
        var json = PlainJson.From(values);
        foreach (var path in walk.Secrets)
        {
            PlainJson.Mask(json, path);
        }

        var dependsOn = await DependsOnAsync(registration.Options);
        return new DeclaredResource(
            registration.Key.Type,
            registration.Key.Name,
            _urns[registration.Resource],
            UrnOf(registration.Options.Parent),
            UrnOf(recording.Registrations.Select(other => other.Resource).FirstOrDefault(other => IsReference(provider, other))),
            Urns(walk.Dependencies.Union(dependsOn)),
            await IsReadAsync(registration.Options),
            json)
        {
            ExplicitDependsOn = Urns(dependsOn),
            Providers = Urns(ProvidersOf(registration.Options)),
            IgnoreChanges = [.. registration.Options.IgnoreChanges],
            DeleteTimeout = registration.Options.CustomTimeouts?.Delete,
            Protect = registration.Options.Protect ?? false,
            RetainOnDelete = registration.Options.RetainOnDelete ?? false,
            DeletedWith = UrnOf(registration.Options.DeletedWith),
            Source = registration.Source,
        };
    }

    // urn:pulumi:STACK::PROJECT::PARENT-TYPES$TYPE::NAME; the stack itself is not among the parents' types.
    private string Urn(Registration registration)
    {
        var parent = UrnOf(registration.Options.Parent);
        var type = parent is null ? registration.Key.Type : $"{parent.Split("::")[2]}${registration.Key.Type}";
        return $"urn:pulumi:{config.Stack}::{config.Project}::{type}::{registration.Key.Name}";
    }

    private IReadOnlyList<string> Urns(IEnumerable<Resource> resources) =>
        [.. resources.Select(UrnOf).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    private string? UrnOf(Resource? resource) => resource is null ? null : _urns.GetValueOrDefault(resource);

    private static IEnumerable<Resource> ProvidersOf(ResourceOptions options) =>
        options is ComponentResourceOptions component ? component.Providers.Append(component.Provider).OfType<Resource>() : [];

    // A provider's reference is its URN, whose type may come after those of its parents, then :: and its id.
    private static bool IsReference(string? reference, Resource resource) =>
        reference is { Length: > 0 } && resource is ProviderResource && reference.Contains(
            $"{resource.GetResourceType()}::{resource.GetResourceName()}::", StringComparison.Ordinal);

    // A resource that is only read has the id of the existing object; the Kubernetes SDK gives all others an empty id.
    private static async Task<bool> IsReadAsync(ResourceOptions options) =>
        options.Id is { } id && !string.IsNullOrEmpty(await OutputUtilities.GetValueAsync(id.ToOutput()));

    private static async Task<ImmutableArray<Resource>> DependsOnAsync(ResourceOptions options)
    {
        Output<ImmutableArray<Resource>> dependsOn = options.DependsOn;
        var resources = await OutputUtilities.GetValueAsync(dependsOn);
        return resources.IsDefault ? [] : resources;
    }

    private async Task<JsonObject> OutputsAsync()
    {
        var outputs = new JsonObject();
        foreach (var (name, value) in recording.Outputs.OrderBy(output => output.Key, StringComparer.Ordinal))
        {
            outputs[name] = await OutputAsync(value);
        }

        return outputs;
    }

    private static async Task<JsonNode?> OutputAsync(object? value)
    {
        while (value is not null && OpenedOutput.IsOutput(value))
        {
            var opened = await OpenedOutput.OpenAsync(value);
            if (opened.IsSecret)
            {
                return DeclaredResource.Secret;
            }

            value = opened.Value;
        }

        return PlainJson.From(value);
    }
}
