using System.Collections.Immutable;
using System.Reflection;

namespace Pulumi.Serialization;

internal sealed partial class Converter
{
    // TargetType.Check has refused every other generic type.
    private Conversion TryConvertGeneric(string context, object value, Type target)
    {
        var definition = target.GetGenericTypeDefinition();
        if (definition == typeof(Union<,>))
        {
            return TryConvertUnion(context, value, target);
        }

        return definition == typeof(ImmutableArray<>)
            ? Conversion.Expect(context, value, typeof(ImmutableArray<object>)).Then(list => Make(nameof(MakeArray), target, context, list))
            : Conversion.Expect(context, value, typeof(ImmutableDictionary<string, object>)).Then(map => Make(nameof(MakeMap), target, context, map));
    }

    private Conversion TryConvertUnion(string context, object value, Type target)
    {
        var types = target.GenericTypeArguments;
        for (var i = 0; i < types.Length; i++)
        {
            var (converted, error) = TryConvert($"{context}.AsT{i}", value, types[i]);
            if (error is null)
            {
                return new(target.GetMethod($"FromT{i}", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [converted]));
            }
        }

        return new(null, $"Expected {types[0].FullName} or {types[1].FullName} but got {value.GetType().FullName} deserializing {context}");
    }

    /// <summary>Calls the maker for the type that the target holds, which is its last type argument.</summary>
    private object Make(string maker, Type target, string context, object value)
        => typeof(Converter).GetMethod(maker, BindingFlags.NonPublic | BindingFlags.Instance)!
            .MakeGenericMethod(target.GenericTypeArguments[^1])
            .Invoke(this, BindingFlags.DoNotWrapExceptions, null, [context, value], null)!;

    private ImmutableArray<T> MakeArray<T>(string context, ImmutableArray<object?> values)
        => [.. values.Select(value => ConvertItem<T>(context, value))];

    private ImmutableDictionary<string, T> MakeMap<T>(string context, ImmutableDictionary<string, object?> values)
        => values.ToImmutableDictionary(pair => pair.Key, pair => ConvertItem<T>(context, pair.Value));

    private T ConvertItem<T>(string context, object? value) => ConvertOrWarn(context, value, typeof(T)) is { } item ? (T)item : default!;
}
