using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Infra;
using Pulumi;

namespace GopherMesh.Tests.Unit;

/// <summary>What the whole program declares for a configuration, found out by running it under strict mocks.</summary>
internal sealed class StackUnderTest
{
    private static readonly ConcurrentDictionary<string, Task<StackUnderTest>> Declared = new();

    private StackUnderTest()
    {
    }

    /// <summary>Every resource, in the order in which the program constructs them.</summary>
    public IReadOnlyList<DeclaredResource> Resources { get; private set; } = [];

    /// <summary>The stack's outputs, with the values that they come to.</summary>
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
    public static Task<StackUnderTest> DeclareAfreshAsync(IReadOnlyDictionary<string, string> config) => DeclareAsync(config, GopherMeshStack.Declare);

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
