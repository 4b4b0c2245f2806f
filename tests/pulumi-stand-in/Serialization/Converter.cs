using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;

namespace Pulumi.Serialization;

/// <summary>Converts what the engine (here: a mock) returned to the type of an output. What does not fit is warned of and left out.</summary>
internal sealed class Converter(Action<string> warn)
{
    private static readonly MethodInfo MakeOutputMethod = typeof(Converter).GetMethod(nameof(MakeOutput), BindingFlags.NonPublic | BindingFlags.Static)!;

    public OutputData<object?> Convert(string context, object? wire, Type target)
    {
        TargetType.Check(context, target, []);
        var data = Deserializer.Deserialize(wire);
        return new([], ConvertOrWarn(context, data.Value, target), data.IsKnown, data.IsSecret);
    }

    public OutputData<T> Convert<T>(string context, object? wire)
    {
        var (_, value, isKnown, isSecret) = Convert(context, wire, typeof(T));
        return new([], value is null ? default! : (T)value, isKnown, isSecret);
    }

    private object? ConvertOrWarn(string context, object? value, Type target)
    {
        var (converted, error) = TryConvert(context, value, target);
        if (error is not null)
            warn(error);
        return converted;
    }

    private (object? Value, string? Error) TryConvert(string context, object? value, Type target)
    {
        var nullable = Nullable.GetUnderlyingType(target);
        if (value is null)
            return (nullable is null && target.IsValueType ? Activator.CreateInstance(target) : null, null);
        if (nullable is not null)
            return TryConvert(context, value, nullable);
        if (target == typeof(object))
            return (value, null);
        if (target == typeof(int))
            return Expect<double>(context, value) is { Error: null, Value: double number } ? ((int)number, null) : Expect<double>(context, value);
        if (target == typeof(string) || target == typeof(bool) || target == typeof(double))
            return Expect(context, value, target);
        if (typeof(AssetOrArchive).IsAssignableFrom(target))
            return Expect(context, value, target);
        if (target == typeof(JsonElement))
            return (JsonSerializer.SerializeToElement(Plain(value)), null);
        if (typeof(Resource).IsAssignableFrom(target))
            return Expect<Resource>(context, value);
        if (target.IsEnum)
            return TryConvert(context, value, target.GetEnumUnderlyingType()) is { Error: null, Value: { } number } ? (Enum.ToObject(target, number), null) : Expect<double>(context, value);
        if (target.IsValueType && target.GetCustomAttribute<EnumTypeAttribute>() is not null)
            return TryConvertEnumType(context, value, target);
        return target.IsConstructedGenericType ? TryConvertGeneric(context, value, target) : TryConvertClass(context, value, target);
    }

    private static (object? Value, string? Error) Expect<T>(string context, object value) => Expect(context, value, typeof(T));

    private static (object? Value, string? Error) Expect(string context, object value, Type type)
        => type.IsInstanceOfType(value) ? (value, null) : (null, $"Expected {type.FullName} but got {value.GetType().FullName} deserializing {context}");

    private static object? Plain(object? value) => value is IOutput output ? Plain(output.GetDataAsync().GetAwaiter().GetResult().Value) : value;

    private static (object? Value, string? Error) TryConvertEnumType(string context, object value, Type target)
    {
        if (value is not (string or double))
            return (null, $"Expected {typeof(string).FullName} or {typeof(double).FullName} but got {value.GetType().FullName} deserializing {context}");
        return EnumTypes.Constructor(target, value.GetType()) is { } constructor
            ? (constructor.Invoke([value]), null)
            : (null, $"Expected target type {target.FullName} to have a constructor with a single {value.GetType().FullName} parameter.");
    }

    private (object? Value, string? Error) TryConvertGeneric(string context, object value, Type target)
    {
        var definition = target.GetGenericTypeDefinition();
        var arguments = target.GenericTypeArguments;
        if (definition == typeof(Union<,>))
            return TryConvertUnion(context, value, target);
        if (definition == typeof(ImmutableArray<>))
            return value is ImmutableArray<object?> list ? (MakeArray(context, list, arguments[0]), null) : Expect<ImmutableArray<object>>(context, value);
        if (definition == typeof(ImmutableDictionary<,>))
            return value is ImmutableDictionary<string, object?> map ? (MakeMap(context, map, target), null) : Expect<ImmutableDictionary<string, object>>(context, value);
        if (definition != typeof(Output<>))
            throw new InvalidOperationException($"Unexpected generic target type {target.FullName} when deserializing {context}");
        var (inner, error) = TryConvert(context, value, arguments[0]);
        return error is null ? (MakeOutputMethod.MakeGenericMethod(arguments).Invoke(null, [inner]), null) : (inner, error);
    }

    private (object? Value, string? Error) TryConvertUnion(string context, object value, Type target)
    {
        var arguments = target.GenericTypeArguments;
        for (var i = 0; i < arguments.Length; i++)
        {
            var (converted, error) = TryConvert($"{context}.AsT{i}", value, arguments[i]);
            if (error is null)
                return (target.GetMethod($"FromT{i}", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [converted]), null);
        }

        return (null, $"Expected {arguments[0].FullName} or {arguments[1].FullName} but got {value.GetType().FullName} deserializing {context}");
    }

    private object MakeArray(string context, ImmutableArray<object?> values, Type element)
    {
        var items = Array.CreateInstance(element, values.Length);
        for (var i = 0; i < values.Length; i++)
            items.SetValue(ConvertOrWarn(context, values[i], element), i);
        return typeof(ImmutableArray).GetMethods().Single(m => m is { Name: nameof(ImmutableArray.Create) } && m.GetParameters() is [{ ParameterType.IsArray: true, Name: "items" }] && m.GetParameters()[0].IsDefined(typeof(ParamArrayAttribute)))
            .MakeGenericMethod(element).Invoke(null, [items])!;
    }

    private object MakeMap(string context, ImmutableDictionary<string, object?> values, Type target)
    {
        if (target == typeof(ImmutableDictionary<string, object>))
            return values;
        var element = target.GenericTypeArguments[1];
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(target.GenericTypeArguments))!;
        foreach (var (key, value) in values)
            map.Add(key, ConvertOrWarn(context, value, element));
        return target.GetField("Empty")!.GetValue(null) is { } empty ? target.GetMethod("AddRange")!.Invoke(empty, [map])! : map;
    }

    private (object? Value, string? Error) TryConvertClass(string context, object value, Type target)
    {
        if (target.GetCustomAttribute<OutputTypeAttribute>() is null)
            return (null, $"Unexpected target type {target.FullName} when deserializing {context}");
        if (TargetType.Constructor(target) is not { } constructor)
            return (null, $"Expected target type {target.FullName} to have [{nameof(OutputConstructorAttribute)}] constructor when deserializing {context}");
        if (value is not ImmutableDictionary<string, object?> map)
            return Expect<ImmutableDictionary<string, object>>(context, value);
        object? Argument(ParameterInfo parameter)
        {
            var name = parameter.GetCustomAttribute<OutputConstructorParameterAttribute>()?.Name ?? parameter.Name!;
            return ConvertOrWarn($"{target.FullName}({parameter.Name})", map.GetValueOrDefault(name), parameter.ParameterType);
        }

        return (constructor.Invoke([.. constructor.GetParameters().Select(Argument)]), null);
    }

    private static Output<T> MakeOutput<T>(object? value) => Output.Create((T)value!);
}
