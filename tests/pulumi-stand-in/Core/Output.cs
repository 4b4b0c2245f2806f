using System.Collections.Immutable;
using System.Globalization;
using Pulumi.Serialization;

namespace Pulumi;

/// <summary>How outputs are made, combined and marked as secret.</summary>
public static class Output
{
    public static Output<T> Create<T>(T value) => Create(Task.FromResult(value));

    public static Output<T> Create<T>(Task<T> value) => Output<T>.Create(value);

    public static Output<T> CreateSecret<T>(T value) => CreateSecret(Task.FromResult(value));

    public static Output<T> CreateSecret<T>(Task<T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Output<T>.Create(value, isSecret: true);
    }

    public static Output<T> CreateSecret<T>(Output<T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.With(data => data with { IsSecret = true });
    }

    public static Output<T> Unsecret<T>(Output<T> output) => output.With(data => data with { IsSecret = false });

    public static async Task<bool> IsSecretAsync<T>(Output<T> output) => (await output.DataTask.ConfigureAwait(false)).IsSecret;

    public static Output<ImmutableArray<T>> All<T>(params Input<T>[] inputs) => new(Output<T>.AllAsync([.. inputs]));

    public static Output<ImmutableArray<T>> All<T>(IEnumerable<Input<T>> inputs) => new(Output<T>.AllAsync([.. inputs]));

    public static Output<ImmutableArray<T>> All<T>(params Output<T>[] outputs) => All(outputs.AsEnumerable());

    public static Output<ImmutableArray<T>> All<T>(IEnumerable<Output<T>> outputs)
        => new(Output<T>.AllAsync([.. outputs.Select(output => (Input<T>)output)]));

    /// <summary>Formats with the invariant culture once all inputs and outputs among the arguments are known.</summary>
    public static Output<string> Format(FormattableString formattableString)
    {
        var arguments = formattableString.GetArguments().Select(argument => (Input<object?>)argument.ToObjectOutput());
        return All(arguments).Apply(values => string.Format(CultureInfo.InvariantCulture, formattableString.Format, [.. values]));
    }

    public static Output<(T1, T2)> Tuple<T1, T2>(Input<T1> item1, Input<T2> item2)
        => Gather([item1, item2], v => ((T1)v[0]!, (T2)v[1]!));

    public static Output<(T1, T2, T3)> Tuple<T1, T2, T3>(Input<T1> item1, Input<T2> item2, Input<T3> item3)
        => Gather([item1, item2, item3], v => ((T1)v[0]!, (T2)v[1]!, (T3)v[2]!));

    public static Output<(T1, T2)> Tuple<T1, T2>(Output<T1> item1, Output<T2> item2)
        => Tuple((Input<T1>)item1, (Input<T2>)item2);

    public static Output<(T1, T2, T3)> Tuple<T1, T2, T3>(Output<T1> item1, Output<T2> item2, Output<T3> item3)
        => Tuple((Input<T1>)item1, (Input<T2>)item2, (Input<T3>)item3);

    public static Output<(T1, T2, T3, T4)> Tuple<T1, T2, T3, T4>(Output<T1> item1, Output<T2> item2, Output<T3> item3, Output<T4> item4)
        => Gather([(Input<T1>)item1, (Input<T2>)item2, (Input<T3>)item3, (Input<T4>)item4], v => ((T1)v[0]!, (T2)v[1]!, (T3)v[2]!, (T4)v[3]!));

    /// <summary>Waits for the inputs one after the other; a null among them fails the result, as a null dereference does.</summary>
    private static Output<TResult> Gather<TResult>(IInput[] inputs, Func<object?[], TResult> combine)
    {
        async Task<OutputData<object?[]>> ResolveAsync()
        {
            var all = OutputData.Known(new object?[inputs.Length]);
            for (var i = 0; i < inputs.Length; i++)
            {
                var data = await inputs[i].ToOutput().GetDataAsync().ConfigureAwait(false);
                all.Value[i] = data.Value;
                all = new(all.Resources.Union(data.Resources), all.Value, all.IsKnown && data.IsKnown, all.IsSecret || data.IsSecret);
            }

            return all;
        }

        return new Output<object?[]>(ResolveAsync()).Apply(combine);
    }
}

/// <summary>A value that may not be known yet, with the resources that it depends on and whether it is a secret.</summary>
public sealed class Output<T> : IOutput
{
    // Every output is a task of the deployment: a failure in one fails the program, even when nothing awaits it.
    internal Output(Task<OutputData<T>> dataTask)
    {
        DataTask = dataTask;
        Deployment.Current?.Runner.RegisterTask(dataTask);
    }

    internal Task<OutputData<T>> DataTask { get; }

    public static Output<T> Create(Task<T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Create(value, isSecret: false);
    }

    public Output<TResult> Apply<TResult>(Func<T, TResult> func) => Apply(value => Output.Create(func(value)));

    public Output<TResult> Apply<TResult>(Func<T, Task<TResult>> func) => Apply(value => Output.Create(func(value)));

    public Output<TResult> Apply<TResult>(Func<T, Input<TResult>?> func) => Apply(value => func(value).ToOutput());

    public Output<TResult> Apply<TResult>(Func<T, Output<TResult>?> func) => new(ApplyAsync(func));

    public Output<TResult> UntypedApply<TResult>(Func<object?, Output<TResult>> func) => Apply(value => func(value));

    /// <summary>Warns instead of giving the value (throws with PULUMI_ERROR_OUTPUT_STRING), for a string cannot wait for it.</summary>
    public override string ToString()
    {
        var message = string.Join(
            Environment.NewLine,
            "Calling [ToString] on an [Output<T>] is not supported.",
            "",
            "To get the value of an Output<T> as an Output<string> consider:",
            "1. o.Apply(v => $\"prefix{v}suffix\")",
            "2. Output.Format($\"prefix{hostname}suffix\");",
            "",
            "See https://www.pulumi.com/docs/concepts/inputs-outputs for more details.");
        var strict = Environment.GetEnvironmentVariable("PULUMI_ERROR_OUTPUT_STRING");
        if (strict == "1" || string.Equals(strict, "true", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException(message);
        }

        Log.Warn(message);
        return string.Join(Environment.NewLine, message, "This function may throw in a future version of Pulumi.");
    }

    async Task<OutputData<object?>> IOutput.GetDataAsync() => (await DataTask.ConfigureAwait(false)).Boxed();

    internal static Output<T> Create(Task<T> value, bool isSecret)
    {
        async Task<OutputData<T>> ResolveAsync() => OutputData.Known(await value.ConfigureAwait(false), isSecret);
        return new(ResolveAsync());
    }

    internal Output<T> With(Func<OutputData<T>, OutputData<T>> change)
    {
        async Task<OutputData<T>> ResolveAsync() => change(await DataTask.ConfigureAwait(false));
        return new(ResolveAsync());
    }

    internal async Task<T> GetValueAsync(T whenUnknown)
        => await DataTask.ConfigureAwait(false) is { IsKnown: true, Value: var value } ? value : whenUnknown;

    private async Task<OutputData<TResult>> ApplyAsync<TResult>(Func<T, Output<TResult>?> func)
    {
        var (resources, value, isKnown, isSecret) = await DataTask.ConfigureAwait(false);
        if (!isKnown)
        {
            return new(resources, default!, false, isSecret);
        }

        if (func(value) is not { } output)
        {
            return new(resources, default!, true, isSecret);
        }

        var inner = await output.DataTask.ConfigureAwait(false);
        return new(resources.Union(inner.Resources), inner.Value, inner.IsKnown, isSecret || inner.IsSecret);
    }

    internal static async Task<OutputData<ImmutableArray<T>>> AllAsync(ImmutableArray<Input<T>> inputs)
    {
        var all = OutputData.Known(ImmutableArray.CreateBuilder<T>(inputs.Length));
        foreach (var input in inputs)
        {
            var data = await ((Output<T>)input).DataTask.ConfigureAwait(false);
            all.Value.Add(data.Value);
            all = new(all.Resources.Union(data.Resources), all.Value, all.IsKnown && data.IsKnown, all.IsSecret || data.IsSecret);
        }

        return new(all.Resources, all.Value.MoveToImmutable(), all.IsKnown, all.IsSecret);
    }
}

public static class OutputExtensions
{
    public static Output<T> GetAt<T>(this Output<ImmutableArray<T>> array, Input<int> index)
        => Output.Tuple((Input<ImmutableArray<T>>)array, index).Apply(v => v.Item1[v.Item2]);

    public static Output<T> First<T>(this Output<ImmutableArray<T>> array) => array.GetAt(0);

    public static Output<int> Length<T>(this Output<ImmutableArray<T>> array) => array.Apply(values => values.Length);
}

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
