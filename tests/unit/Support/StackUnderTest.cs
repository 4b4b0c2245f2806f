using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Infra;
using Pulumi;
using Pulumi.Utilities;

// A program under test gets its configuration through the environment and its deployment through a static: there can be only one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace GopherMesh.Tests.Unit;

/// <summary>What the whole program declares for a configuration, found out by running it under strict mocks.</summary>
internal sealed class StackUnderTest
{
    // Fixed, since versions of Kubernetes leave support.
    private static readonly DateOnly Today = new(2026, 11, 28);

    private static readonly ConcurrentDictionary<string, Task<StackUnderTest>> Declared = new();

    private StackUnderTest()
    {
    }

    /// <summary>Every resource, in the order in which the program constructs them.</summary>
    public IReadOnlyList<DeclaredResource> Resources { get; private set; } = [];

    /// <summary>The stack's outputs, with their values.</summary>
    public IReadOnlyDictionary<string, (object? Value, bool IsSecret)> Outputs { get; private set; } =
        ImmutableDictionary<string, (object? Value, bool IsSecret)>.Empty;

    /// <summary>The resource of a type with a name.</summary>
    public DeclaredResource this[string type, string name] => Resources.Single(resource => resource.Type == type && resource.Name == name);

    /// <summary>The resources of a type.</summary>
    public IEnumerable<DeclaredResource> Of(string type) => Resources.Where(resource => resource.Type == type);

    /// <summary>What the program declares with <paramref name="config"/>, which is the same every time; see <see cref="DeclareAfreshAsync"/>.</summary>
    public static Task<StackUnderTest> DeclareAsync(IReadOnlyDictionary<string, string> config) => Declared.GetOrAdd(
        string.Join('\n', config.OrderBy(entry => entry.Key, StringComparer.Ordinal)), _ => DeclareAfreshAsync(config));

    /// <summary>Runs the program with <paramref name="config"/>.</summary>
    /// <exception cref="RunException">The program ended with an error; its message is what the engine would show.</exception>
    public static Task<StackUnderTest> DeclareAfreshAsync(IReadOnlyDictionary<string, string> config) => DeclareAsync(config, () => GopherMeshStack.Declare(Today));

    /// <summary>Runs another program with <paramref name="config"/>.</summary>
    /// <exception cref="RunException">The program ended with an error; its message is what the engine would show.</exception>
    public static async Task<StackUnderTest> DeclareAsync(IReadOnlyDictionary<string, string> config, Func<IDictionary<string, object?>> program)
    {
        var inputs = new Dictionary<(string Type, string Name), ImmutableDictionary<string, object>>();
        var run = new ProgramRun("gopher-mesh", "test", JsonSerializer.Serialize(config), StrictMocks.Over(inputs), program);
        return await run.RecordAsync(async recording => new StackUnderTest
        {
            Outputs = await OutputValues.OfAsync(recording.Outputs),
            Resources = await new Recorded(recording.Registrations, inputs).ResolveAsync(),
        });
    }
}

/// <summary>Joins what a stack transformation saw of a resource with the inputs that the mocks got.</summary>
internal sealed class Recorded(
    IReadOnlyList<Registration> registered,
    IReadOnlyDictionary<(string Type, string Name), ImmutableDictionary<string, object>> inputs)
{
    private readonly Dictionary<Resource, DeclaredResource> _resolved = new(ReferenceEqualityComparer.Instance);

    public async Task<IReadOnlyList<DeclaredResource>> ResolveAsync()
    {
        // A resource can only depend on those that were constructed before it.
        foreach (var (resource, _, options) in registered)
        {
            var (type, name) = (resource.GetResourceType(), resource.GetResourceName());
            var dependsOn = await OutputUtilities.GetValueAsync(options.DependsOn.ToOutput());
            _resolved[resource] = new DeclaredResource(
                type,
                name,
                options.Parent is { } parent ? _resolved.GetValueOrDefault(parent) : null,
                [.. dependsOn.Select(dependency => _resolved[dependency])],
                (JsonObject)DeclaredResource.Json(inputs.GetValueOrDefault((type, name)) ?? [])!)
            {
                IgnoreChanges = options.IgnoreChanges,
            };
        }

        return [.. registered.Select(entry => _resolved[entry.Resource])];
    }
}

/// <summary>The values of a stack's outputs.</summary>
internal static class OutputValues
{
    public static async Task<IReadOnlyDictionary<string, (object? Value, bool IsSecret)>> OfAsync(IDictionary<string, object?> outputs)
    {
        var values = ImmutableDictionary.CreateBuilder<string, (object? Value, bool IsSecret)>();
        foreach (var (name, output) in outputs)
        {
            values[name] = output is Output<string> text
                ? (await OutputUtilities.GetValueAsync(text), await Output.IsSecretAsync(text))
                : (output, false);
        }

        return values.ToImmutable();
    }
}
