using System.Collections.Immutable;
using Pulumi;
using Pulumi.Testing;

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
        return await Pulumi.Utilities.OutputUtilities.GetValueAsync(output!);
    }

    /// <summary>What <see cref="Deployment.TestAsync{TStack}"/> throws when the program fails.</summary>
    public static Task<RunException> FailureAsync(Action program, RecordingMocks? mocks = null)
        => Assert.ThrowsAsync<RunException>(() => Deployment.TestAsync(mocks ?? new(), Update, program));

    public static ImmutableDictionary<string, object> Map(object value) => Assert.IsType<ImmutableDictionary<string, object>>(value);

    public static ImmutableArray<object> List(object value) => Assert.IsType<ImmutableArray<object>>(value);
}
