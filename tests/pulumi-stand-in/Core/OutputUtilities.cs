using System.Collections.Immutable;

namespace Pulumi.Utilities;

/// <summary>Reads the parts of an output that tests and libraries need.</summary>
public static class OutputUtilities
{
    public static Output<T> CreateUnknown<T>(T value) => new(Task.FromResult(Serialization.OutputData.Unknown(value)));

    public static async Task<bool> GetIsKnownAsync<T>(Output<T> output) => (await output.DataTask.ConfigureAwait(false)).IsKnown;

    public static Task<T> GetValueAsync<T>(Output<T> output) => output.GetValueAsync(whenUnknown: default!);

    public static async Task<ImmutableHashSet<Resource>> GetDependenciesAsync<T>(Output<T> output)
        => (await output.DataTask.ConfigureAwait(false)).Resources;
}
