using System.Collections.Immutable;
using Pulumi.Serialization;

namespace Pulumi;

/// <summary>A value that may not be known yet, with the resources that it depends on and whether it is a secret.</summary>
public sealed class Output<T> : IOutput
{
    internal Task<OutputData<T>> DataTask { get; }

    // Every output is a task of the deployment: a failure in one fails the program, even when nothing awaits it.
    internal Output(Task<OutputData<T>> dataTask)
    {
        DataTask = dataTask;
        Deployment.Current?.Runner.RegisterTask(dataTask);
    }

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
