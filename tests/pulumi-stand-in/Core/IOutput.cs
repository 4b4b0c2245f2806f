using System.Collections.Immutable;
using Pulumi.Serialization;

namespace Pulumi;

/// <summary>An <see cref="Output{T}"/> whose T does not matter.</summary>
internal interface IOutput
{
    Task<OutputData<object?>> GetDataAsync();

    Output<TResult> UntypedApply<TResult>(Func<object?, Output<TResult>> func);
}

/// <summary>An <see cref="Input{T}"/> whose T does not matter.</summary>
internal interface IInput
{
    IOutput ToOutput();
}

/// <summary>A list or map that keeps its elements as inputs, so that each is serialized with its own secret flag.</summary>
internal interface IInputCollection
{
    IInput Elements { get; }
}

internal static class Untyped
{
    /// <summary>Any object as an output: inputs and outputs keep their dependencies and their secret flag, any other object is a known value.</summary>
    public static Output<object?> ToObjectOutput(this object? value)
        => (value is IInput input ? input.ToOutput() : value as IOutput) is { } output
            ? new Output<object?>(output.GetDataAsync())
            : Output.Create(value);

    public static ImmutableArray<TResult> SelectAsArray<T, TResult>(this ImmutableArray<T> items, Func<T, TResult> map)
        => ImmutableArray.CreateRange(items, map);
}
