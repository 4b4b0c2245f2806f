using System.Collections.Concurrent;
using System.Collections.Immutable;
using Pulumi;
using Pulumi.Testing;
using Pulumi.Utilities;

// Configuration comes from the environment, and a failed program sets the process's exit code: both are shared by all tests.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace GopherMesh.Tests.SdkContract.Support;

/// <summary>Runs a program under mocks, as an update of the stack "dev" of the project "gopher-mesh".</summary>
internal static class Run
{
    public static TestOptions Update => new() { ProjectName = "gopher-mesh", StackName = "dev", IsPreview = false };

    public static TestOptions Preview => new() { ProjectName = "gopher-mesh", StackName = "dev", IsPreview = true };

    public static async Task<RecordingMocks> ProgramAsync(Action program, RecordingMocks? mocks = null, TestOptions? options = null)
    {
        mocks ??= new();
        await Deployment.TestAsync(mocks, options ?? Update, program);
        return mocks;
    }

    /// <summary>The value that an output has within a program.</summary>
    public static async Task<T> ValueAsync<T>(Func<Output<T>> program)
    {
        Output<T>? output = null;
        await Deployment.TestAsync(new RecordingMocks(), Update, () => { output = program(); });
        return await OutputUtilities.GetValueAsync(output!);
    }

    public static Task<bool> IsSecretAsync<T>(Output<T> output) => Output.IsSecretAsync(output);

    /// <summary>The failure that a program is reported with.</summary>
    public static Task<RunException> FailureAsync(Action program, RecordingMocks? mocks = null)
        => FailureAsync<RunException>(() => Deployment.TestAsync(mocks ?? new(), Update, program));

    /// <summary>The messages of a program that fails in several tasks at once: chance decides how many of them are caught in time.</summary>
    public static async Task<IReadOnlyList<string>> FailuresAsync(Action program, RecordingMocks? mocks = null)
        => await FailureAsync<Exception>(() => Deployment.TestAsync(mocks ?? new(), Update, program)) switch
        {
            AggregateException several => [.. several.InnerExceptions.Select(inner => Assert.IsType<RunException>(inner).Message)],
            var one => [Assert.IsType<RunException>(one).Message],
        };

    /// <summary>The failure of a run. The exit code that the run sets is asserted, and reset.</summary>
    public static async Task<T> FailureAsync<T>(Func<Task> run)
        where T : Exception
    {
        try
        {
            var failure = await Assert.ThrowsAnyAsync<T>(run);
            Assert.Equal(32, Environment.ExitCode);
            return failure;
        }
        finally
        {
            Environment.ExitCode = 0;
        }
    }

    public static ImmutableDictionary<string, object> Map(object value) => Assert.IsType<ImmutableDictionary<string, object>>(value);

    public static IEnumerable<object> List(object value) => Assert.IsType<ImmutableArray<object>>(value);
}

/// <summary>Answers with the inputs as state and records every call, in order.</summary>
internal sealed class RecordingMocks : IMocks
{
    private ImmutableList<MockResourceArgs> _resources = [];
    private ImmutableList<MockCallArgs> _calls = [];
    private ImmutableList<MockRegisterResourceOutputsRequest> _outputs = [];

    public IReadOnlyList<MockResourceArgs> Resources => _resources;

    public IReadOnlyList<MockCallArgs> Calls => _calls;

    public IReadOnlyList<MockRegisterResourceOutputsRequest> Outputs => _outputs;

    public Func<MockResourceArgs, (string? Id, object State)> OnResource { get; init; } = args => ($"{args.Name}-id", args.Inputs);

    public Func<MockCallArgs, object> OnCall { get; init; } = args => args.Args;

    public MockResourceArgs this[string name] => _resources.Single(resource => resource.Name == name);

    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        ImmutableInterlocked.Update(ref _resources, (all, added) => all.Add(added), args);
        return Task.FromResult<(string?, object)>(OnResource(args));
    }

    public Task<object> CallAsync(MockCallArgs args)
    {
        ImmutableInterlocked.Update(ref _calls, (all, added) => all.Add(added), args);
        return Task.FromResult(OnCall(args));
    }

    public Task RegisterResourceOutputs(MockRegisterResourceOutputsRequest args)
    {
        ImmutableInterlocked.Update(ref _outputs, (all, added) => all.Add(added), args);
        return Task.CompletedTask;
    }
}

/// <summary>Holds one resource's answer back until a signal, and logs the calls.</summary>
internal sealed class SlowMocks(string slow, Task signal) : IMocks
{
    private readonly ConcurrentQueue<string> _log = new();

    public IEnumerable<string> Log => _log;

    public async Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        _log.Enqueue(args.Name!);
        if (args.Name == slow)
        {
            await signal;
            _log.Enqueue($"{args.Name} answered");
        }

        return ($"{args.Name}-id", args.Inputs);
    }

    public Task<object> CallAsync(MockCallArgs args) => throw new NotSupportedException();
}

/// <summary>Sets an environment variable until it is disposed of.</summary>
internal sealed class EnvironmentVariable : IDisposable
{
    private readonly string _name;
    private readonly string? _before;

    public EnvironmentVariable(string name, string? value)
    {
        (_name, _before) = (name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(_name, _before);
}
