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
