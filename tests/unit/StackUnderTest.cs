using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Infra;
using GopherMesh.Infra.Settings;
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

/// <summary>A resource as the program declares it.</summary>
/// <param name="Type">Its type token.</param>
/// <param name="Name">Its logical name.</param>
/// <param name="Parent">The component that it belongs to; null for the stack.</param>
/// <param name="DependsOn">The resources that it says it depends on.</param>
/// <param name="Inputs">Its inputs as the provider gets them, secrets unwrapped.</param>
internal sealed record DeclaredResource(
    string Type, string Name, DeclaredResource? Parent, IReadOnlyList<DeclaredResource> DependsOn, JsonObject Inputs)
{
    /// <summary>The inputs whose changes the engine is told to ignore.</summary>
    public IReadOnlyList<string> IgnoreChanges { get; init; } = [];

    /// <summary>Type and name.</summary>
    public string Key => $"{Type} {Name}";

    /// <summary>The input at <paramref name="path"/>, e.g. <c>spec.template.spec.containers[0].image</c>.</summary>
    public JsonNode? At(string path) => path
        .Replace("[", ".[", StringComparison.Ordinal)
        .Split('.')
        .Aggregate((JsonNode?)Inputs, (node, part) => part.StartsWith('[') ? node![int.Parse(part[1..^1], CultureInfo.InvariantCulture)] : node?[part]);

    /// <summary>The JSON of a value that a mock was given.</summary>
    public static JsonNode? Json(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        double number => JsonValue.Create(number),
        IDictionary map => new JsonObject(map.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, Json(map[key])))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Json)]),
        _ => throw new NotSupportedException($"{value.GetType()} in a resource's inputs"),
    };
}

/// <summary>Configurations in the form in which the engine passes them.</summary>
internal static class StackFiles
{
    /// <summary>The dev stack: EKS in ap-southeast-2, every setting of ours at its default.</summary>
    public static IReadOnlyDictionary<string, string> Dev(params (string Key, string Value)[] changes) => With([("aws:region", "ap-southeast-2")], changes);

    /// <summary>A stack on an existing cluster.</summary>
    public static IReadOnlyDictionary<string, string> Local(params (string Key, string Value)[] changes) => With(
        [
            ("clusterKind", "existing"),
            ("kubeContext", "kind-gopher-mesh"),
            ("requesterImage", "docker.io/library/gopher-requester:dev"),
            ("versions", """{"v1":"docker.io/library/gopher-distributor:dev","v2":"docker.io/library/gopher-distributor:dev"}"""),
        ],
        changes);

    /// <summary>The settings of <paramref name="config"/>.</summary>
    public static StackSettings Read(this IReadOnlyDictionary<string, string> config) => StackSettings.Read(config);

    /// <summary>The errors of <paramref name="config"/>.</summary>
    public static IReadOnlyList<SettingError> Errors(this IReadOnlyDictionary<string, string> config) =>
        Assert.Throws<SettingsException>(() => StackSettings.Read(config)).Errors;

    private static Dictionary<string, string> With((string Key, string Value)[] start, (string Key, string Value)[] changes)
    {
        var config = start.ToDictionary(entry => FullName(entry.Key), entry => entry.Value);
        foreach (var (key, value) in changes)
        {
            config[FullName(key)] = value;
        }

        return config;
    }

    private static string FullName(string key) => key.Contains(':', StringComparison.Ordinal) ? key : $"gopher-mesh:{key}";
}
