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
