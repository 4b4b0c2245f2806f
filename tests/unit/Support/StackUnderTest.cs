using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using GopherMesh.Infra;
using Pulumi;
using Pulumi.Testing;

namespace GopherMesh.Tests.Unit;

/// <summary>What the whole program declares for a configuration, found out by running it under strict mocks.</summary>
internal sealed class StackUnderTest
{
    // Pulumi keeps the deployment that runs, and takes its configuration from, in the process.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    private static readonly ConcurrentDictionary<string, Task<StackUnderTest>> Declared = new();

    private readonly List<(Resource Resource, ResourceOptions Options)> _registered = [];
    private readonly Dictionary<(string Type, string Name), ImmutableDictionary<string, object>> _inputs = [];
    private IDictionary<string, object?> _outputs = new Dictionary<string, object?>();

    private readonly Func<IDictionary<string, object?>> _program;

    private StackUnderTest(Func<IDictionary<string, object?>> program) => _program = program;

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
        var stack = new StackUnderTest(program);
        await OneAtATime.WaitAsync();
        var exitCode = Environment.ExitCode;
        try
        {
            Environment.SetEnvironmentVariable("PULUMI_CONFIG", JsonSerializer.Serialize(config));
            RecordingStack.Current.Value = stack;
            await Deployment.TestAsync<RecordingStack>(
                StrictMocks.Over(stack._inputs), new TestOptions { ProjectName = "gopher-mesh", StackName = "test", IsPreview = false });
            stack.Outputs = await OutputValues.OfAsync(stack._outputs);
            stack.Resources = await new Recorded(stack._registered, stack._inputs).ResolveAsync();
            return stack;
        }
        finally
        {
            Environment.SetEnvironmentVariable("PULUMI_CONFIG", null);
            Environment.ExitCode = exitCode;
            OneAtATime.Release();
        }
    }

    private sealed class RecordingStack : Stack
    {
        public static readonly AsyncLocal<StackUnderTest> Current = new();

        public RecordingStack()
            : base(new StackOptions { ResourceTransformations = { Record } }) => Current.Value!._outputs = Current.Value._program();

        private static ResourceTransformationResult? Record(ResourceTransformationArgs args)
        {
            if (args.Resource is Stack)
            {
                return null;
            }

            var registered = Current.Value!._registered;
            lock (registered)
            {
                registered.Add((args.Resource, args.Options));
            }

            return null;
        }
    }
}
