using System.Collections;
using System.Collections.Immutable;

namespace Pulumi;

/// <summary>A list whose elements, and which itself, may be outputs. Adding changes it in place; outputs that were made of it before do not change.</summary>
public sealed class InputList<T> : Input<ImmutableArray<T>>, IInputCollection, IEnumerable, IAsyncEnumerable<Input<T>>
{
    private Input<ImmutableArray<Input<T>>> _elements;

    public InputList()
        : this(ImmutableArray<Input<T>>.Empty)
    {
    }

    private InputList(Input<ImmutableArray<Input<T>>> elements)
        : base(Flatten(elements))
        => _elements = elements;

    IInput IInputCollection.Elements => _elements;

    public void Add(params Input<T>[] inputs) => AddRange(inputs);

    public void Add(InputList<T> inputs) => AddRange(inputs);

    public void AddRange(InputList<T> inputs)
    {
        _elements = Concat(inputs)._elements;
        Value = Flatten(_elements);
    }

    public InputList<T> Concat(InputList<T> other)
        => new(Output.Tuple(_elements, other._elements).Apply(lists => lists.Item1.AddRange(lists.Item2)));

    IEnumerator IEnumerable.GetEnumerator()
        => throw new NotSupportedException(
            $"A {GetType().FullName} cannot be synchronously enumerated. Use {nameof(GetAsyncEnumerator)} instead.");

    public async IAsyncEnumerator<Input<T>> GetAsyncEnumerator(CancellationToken cancellationToken)
    {
        foreach (var value in await Value.GetValueAsync(whenUnknown: []).ConfigureAwait(false))
        {
            yield return value;
        }
    }

    internal InputList<T> Clone() => new(_elements);

    private static Output<ImmutableArray<T>> Flatten(Input<ImmutableArray<Input<T>>> elements)
        => elements.Apply(list => list.IsDefault ? Output.Create(default(ImmutableArray<T>)) : Output.All(list));

    public static implicit operator InputList<T>(T value) => ImmutableArray.Create<Input<T>>(value);

    public static implicit operator InputList<T>(Output<T> value) => ImmutableArray.Create<Input<T>>(value);

    public static implicit operator InputList<T>(Input<T> value) => ImmutableArray.Create(value);

    public static implicit operator InputList<T>(T[] values) => values.Select(v => (Input<T>)v).ToImmutableArray();

    public static implicit operator InputList<T>(Output<T>[] values) => values.Select(v => (Input<T>)v).ToImmutableArray();

    public static implicit operator InputList<T>(Input<T>[] values) => values.ToImmutableArray();

    public static implicit operator InputList<T>(List<T> values) => values.ToImmutableArray();

    public static implicit operator InputList<T>(List<Output<T>> values) => values.ToImmutableArray();

    public static implicit operator InputList<T>(ImmutableArray<T> values)
        => values.IsDefault ? default(ImmutableArray<Input<T>>) : values.SelectAsArray(v => (Input<T>)v);

    public static implicit operator InputList<T>(ImmutableArray<Output<T>> values)
        => values.IsDefault ? default(ImmutableArray<Input<T>>) : values.SelectAsArray(v => (Input<T>)v);

    public static implicit operator InputList<T>(ImmutableArray<Input<T>> values) => new(values);

    public static implicit operator InputList<T>(Output<T[]> values) => values.Apply(ImmutableArray.CreateRange);

    public static implicit operator InputList<T>(Output<List<T>> values) => values.Apply(ImmutableArray.CreateRange);

    public static implicit operator InputList<T>(Output<IEnumerable<T>> values) => values.Apply(ImmutableArray.CreateRange);

    public static implicit operator InputList<T>(Output<ImmutableArray<T>> values)
        => new(values.Apply(list => list.IsDefault ? default : list.SelectAsArray(v => (Input<T>)v)));
}
