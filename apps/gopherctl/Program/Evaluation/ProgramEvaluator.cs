using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Infra;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Testing;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>Evaluates the Pulumi program in this process, under Pulumi's own testing mocks.</summary>
public static class ProgramEvaluator
{
    /// <summary>The SDK that this gopherctl was built with: `real` or `stand-in`.</summary>
    public static string Sdk => typeof(Deployment).Assembly.GetName().Name == "Pulumi" ? "real" : "stand-in";

    /// <summary>Runs the program with a stack's config, as an update (not a preview) whose resources are all created.</summary>
    /// <exception cref="UserException">The config is wrong; the message has every error.</exception>
    public static Task<Declaration> EvaluateAsync(EffectiveConfig config) => EvaluateAsync(config, GopherMeshStack.DeclareForInspection);

    /// <summary>The same for another program.</summary>
    /// <param name="config">The stack's config.</param>
    /// <param name="program">Declares resources and returns the outputs; gets the function that takes its warnings.</param>
    /// <exception cref="UserException">The config is wrong; the message has every error.</exception>
    public static async Task<Declaration> EvaluateAsync(EffectiveConfig config, Func<Action<string>, IDictionary<string, object?>> program)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(program);
        var (mocks, warnings, wrong) = (new RecordingMocks(), new List<string>(), (SettingsException?)null);
        try
        {
            return await new ProgramRun(config.Project, config.Stack, config.ToJson(), mocks, Declare).RecordAsync(recording =>
                config.SchemaErrors.Count > 0
                    ? throw WrongConfig.Of(config, null)
                    : new DeclarationBuilder(config, recording, mocks.Inputs, warnings).BuildAsync());
        }
        catch (Exception failure) when (failure is not UserException && (wrong is not null || config.SchemaErrors.Count > 0))
        {
            throw WrongConfig.Of(config, wrong);
        }

        IDictionary<string, object?> Declare()
        {
            try
            {
                return program(warnings.Add);
            }
            catch (SettingsException refusal)
            {
                wrong = refusal;
                throw;
            }
        }
    }
}

/// <summary>The report of a wrong config: the program's own words and, for keys that it did not name, the engine's.</summary>
internal static class WrongConfig
{
    /// <summary>One error with everything in it.</summary>
    public static UserException Of(EffectiveConfig config, SettingsException? settings)
    {
        var named = settings?.Errors.Select(error => error.Key).ToList() ?? [];
        var ofEngine = config.SchemaErrors.Where(error => !named.Any(key => IsAbout(key, error.Key))).Select(error => error.Value);
        string[] lines = [.. settings is null ? [] : new[] { settings.Message }, .. ofEngine];
        return new UserException(
            string.Join('\n', lines),
            $"Pulumi.{config.Stack}.yaml, {ProjectFile.FileName} and the command line",
            "Correct the config; nothing was started or written.");
    }

    // The program may name a member, as in gopher-mesh:versions.v1.
    private static bool IsAbout(string named, string key) =>
        named.StartsWith(key, StringComparison.Ordinal) && (named.Length == key.Length || named[key.Length] is '.' or '[');
}

/// <summary>A Pulumi program and what it runs with.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Stack">The stack's name.</param>
/// <param name="Config">The config as a JSON object: values by `namespace:key`, each a text.</param>
/// <param name="Mocks">Answers the program's resources and calls.</param>
/// <param name="Declare">The program: declares its resources, and returns the stack's outputs.</param>
public sealed record ProgramRun(string Project, string Stack, string Config, IMocks Mocks, Func<IDictionary<string, object?>> Declare)
{
    private const string ConfigVariable = "PULUMI_CONFIG";

    // Config reaches a program only through the environment, which the whole process shares.
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    /// <summary>Runs the program in this process, as an update (not a preview) whose resources are all created.</summary>
    /// <param name="read">Reads what was recorded, while no other program runs.</param>
    /// <exception cref="RunException">The program ended with an error; its message is what the engine would show.</exception>
    public async Task<T> RecordAsync<T>(Func<Recording, Task<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        await OneAtATime.WaitAsync();
        var (configBefore, exitCodeBefore) = (Environment.GetEnvironmentVariable(ConfigVariable), Environment.ExitCode);
        try
        {
            Environment.SetEnvironmentVariable(ConfigVariable, Config);
            var recording = new Recording();
            RecordingStack.Current.Value = (this, recording);
            await Deployment.TestAsync<RecordingStack>(
                Mocks, new TestOptions { ProjectName = Project, StackName = Stack, IsPreview = false });
            return await read(recording);
        }
        finally
        {
            // The SDK sets the exit code itself when a program fails; here the caller decides on it.
            Environment.ExitCode = exitCodeBefore;
            Environment.SetEnvironmentVariable(ConfigVariable, configBefore);
            OneAtATime.Release();
        }
    }

    /// <summary>
    /// Records every resource's parent and dependencies. Mocks do not have them; a transformation of the stack is called for each
    /// resource, synchronously and in the order of construction.
    /// </summary>
    private sealed class RecordingStack : Stack
    {
        // Deployment.TestAsync constructs the stack itself, so the run and its recording cannot be passed as arguments.
        public static readonly AsyncLocal<(ProgramRun Run, Recording Recording)> Current = new();

        public RecordingStack()
            : base(new StackOptions { ResourceTransformations = { Record } }) => Current.Value.Recording.Outputs = Current.Value.Run.Declare();

        private static ResourceTransformationResult? Record(ResourceTransformationArgs args)
        {
            if (args.Resource is not Pulumi.Stack)
            {
                Current.Value.Recording.Add(new Registration(args.Resource, args.Args, args.Options) { Source = SourceLine.OfConstruction(args.Resource) });
            }

            return null;
        }
    }
}

/// <summary>What a run of a program recorded.</summary>
public sealed class Recording
{
    private readonly List<Registration> _registrations = [];

    internal Recording()
    {
    }

    /// <summary>Every resource, in the order of construction.</summary>
    public IReadOnlyList<Registration> Registrations => _registrations;

    /// <summary>The stack's outputs.</summary>
    public IDictionary<string, object?> Outputs { get; internal set; } = new Dictionary<string, object?>();

    internal void Add(Registration registration)
    {
        lock (_registrations)
        {
            _registrations.Add(registration);
        }
    }
}

/// <summary>A resource as it is constructed, seen by a transformation of the stack.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Args">Its inputs.</param>
/// <param name="Options">Its options.</param>
public sealed record Registration(Resource Resource, ResourceArgs Args, ResourceOptions Options)
{
    /// <summary>The line of the program that constructs it; null where none is known.</summary>
    public SourceLine? Source { get; init; }

    /// <summary>Type and name, by which a call of the mocks is matched to the resource.</summary>
    public (string Type, string Name) Key => (Resource.GetResourceType(), Resource.GetResourceName());
}
