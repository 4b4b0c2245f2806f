using System.Collections;
using System.Collections.Immutable;

namespace Pulumi;

/// <summary>A map whose values, and which itself, may be outputs. Adding changes it in place; outputs that were made of it before do not change.</summary>
public sealed class InputMap<TValue>
    : Input<ImmutableDictionary<string, TValue>>, IInputCollection, IEnumerable, IAsyncEnumerable<Input<KeyValuePair<string, TValue>>>
{
    private Input<ImmutableDictionary<string, Input<TValue>>> _elements;

    public InputMap()
        : this(ImmutableDictionary<string, Input<TValue>>.Empty)
    {
    }

    private InputMap(Input<ImmutableDictionary<string, Input<TValue>>> elements)
        : base(Flatten(elements))
        => _elements = elements;

    IInput IInputCollection.Elements => _elements;

    public Input<TValue> this[string key]
    {
        set => Add(key, value);
    }

    /// <summary>Adds a value. A second, different value for a key fails when the map is read.</summary>
    public void Add(string key, Input<TValue> value)
        => Replace(_elements.Apply(map => map.TryGetValue(key, out var existing)
            ? map.SetItem(key, Same(key, existing, value))
            : map.Add(key, value)));

    public void Add(InputMap<TValue> values) => AddRange(values);

    public void AddRange(InputMap<TValue> values)
        => Replace(Output.Tuple(_elements, values._elements).Apply(maps => maps.Item1.AddRange(maps.Item2)));

    public static InputMap<TValue> Merge(InputMap<TValue> first, InputMap<TValue> second)
        => new(Output.Tuple(first._elements, second._elements).Apply(maps => maps.Item1.SetItems(maps.Item2)));

    IEnumerator IEnumerable.GetEnumerator()
        => throw new NotSupportedException(
            $"A {GetType().FullName} cannot be synchronously enumerated. Use {nameof(GetAsyncEnumerator)} instead.");

    public async IAsyncEnumerator<Input<KeyValuePair<string, TValue>>> GetAsyncEnumerator(CancellationToken cancellationToken)
    {
        var none = ImmutableDictionary<string, TValue>.Empty;
        foreach (var pair in await Value.GetValueAsync(whenUnknown: none).ConfigureAwait(false))
        {
            yield return pair;
        }
    }

    private void Replace(Output<ImmutableDictionary<string, Input<TValue>>> elements)
    {
        _elements = elements;
        Value = Flatten(_elements);
    }

    private static Output<TValue> Same(string key, Input<TValue> existing, Input<TValue> value)
        => Output.Tuple(existing, value).Apply(values => EqualityComparer<TValue>.Default.Equals(values.Item1, values.Item2)
            ? values.Item1
            : throw new ArgumentException($"Key '{key}' already exists in the map with a different value."));

    private static Output<ImmutableDictionary<string, TValue>> Flatten(Input<ImmutableDictionary<string, Input<TValue>>> elements)
        => elements.Apply(map => map is null
            ? Output.Create(default(ImmutableDictionary<string, TValue>)!)
            : Output.All(map.Select(pair => pair.Value.Apply(value => KeyValuePair.Create(pair.Key, value))))
                .Apply(pairs => pairs.ToImmutableDictionary()));

    public static implicit operator InputMap<TValue>(Dictionary<string, TValue> values) => Output.Create(values);

    public static implicit operator InputMap<TValue>(ImmutableDictionary<string, TValue> values) => Output.Create(values);

    public static implicit operator InputMap<TValue>(Output<Dictionary<string, TValue>> values)
        => values.Apply(ImmutableDictionary.CreateRange);

    public static implicit operator InputMap<TValue>(Output<IDictionary<string, TValue>> values)
        => values.Apply(ImmutableDictionary.CreateRange);

    public static implicit operator InputMap<TValue>(Output<ImmutableDictionary<string, TValue>> values)
        => new(values.Apply(map => map?.ToImmutableDictionary(pair => pair.Key, pair => (Input<TValue>)pair.Value)!));
}
