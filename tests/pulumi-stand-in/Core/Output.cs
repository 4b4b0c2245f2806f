using System.Collections.Immutable;
using System.Globalization;
using Pulumi.Serialization;

namespace Pulumi;

/// <summary>How outputs are made, combined and marked as secret.</summary>
public static partial class Output
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
