using System.Collections.Immutable;

namespace Pulumi.Serialization;

/// <summary>What an output resolves to: its value, and all that travels with the value through every combination.</summary>
internal readonly record struct OutputData<T>(ImmutableHashSet<Resource> Resources, T Value, bool IsKnown, bool IsSecret)
{
    public OutputData<object?> Boxed() => new(Resources, Value, IsKnown, IsSecret);
}

internal static class OutputData
{
    public static OutputData<T> Known<T>(T value, bool isSecret = false) => new([], value, IsKnown: true, isSecret);

    public static OutputData<T> Unknown<T>(T value, bool isSecret = false) => new([], value, IsKnown: false, isSecret);
}
