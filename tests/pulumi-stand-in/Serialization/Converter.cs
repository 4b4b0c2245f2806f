using System.Collections.Immutable;
using System.Reflection;

namespace Pulumi.Serialization;

/// <summary>The converted value, or why it could not be converted.</summary>
internal readonly record struct Conversion(object? Value, string? Error = null)
{
    public static Conversion Expect(string context, object value, Type type) => type.IsInstanceOfType(value)
        ? new(value)
        : new(null, $"Expected {type.FullName} but got {value.GetType().FullName} deserializing {context}");

    /// <summary>A further step, unless this one failed.</summary>
    public Conversion Then(Func<object, object?> step) => Error is null && Value is not null ? new(step(Value)) : this;
}

/// <summary>Converts what the engine (here: a mock) returned to the type of an output. What does not fit is warned of and left out.</summary>
internal sealed class Converter(Action<string> warn)
{
    public OutputData<object?> Convert(string context, object? wire, Type target)
    {
        TargetType.Check(context, target, []);
        var (_, value, isKnown, isSecret) = Deserializer.Deserialize(wire);
        return new([], ConvertOrWarn(context, value, target), isKnown, isSecret);
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
        {
            warn(error);
        }

        return converted;
    }

    private Conversion TryConvert(string context, object? value, Type target)
    {
        var nullable = Nullable.GetUnderlyingType(target);
        if (value is null)
        {
            return new(nullable is null && target.IsValueType ? Activator.CreateInstance(target) : null);
        }

        if (nullable is not null)
        {
            return TryConvert(context, value, nullable);
        }

        if (target == typeof(object))
        {
            return new(value);
        }

        if (target == typeof(int))
        {
            return Conversion.Expect(context, value, typeof(double)).Then(number => (int)(double)number);
        }

        if (target.IsConstructedGenericType)
        {
            return TryConvertGeneric(context, value, target);
        }

        if (EnumTypes.Contain(target))
        {
            return TryConvertEnumType(context, value, target);
        }

        return target.GetCustomAttribute<OutputTypeAttribute>() is null
            ? Conversion.Expect(context, value, target)
            : TryConvertClass(context, value, target);
    }

    private static Conversion TryConvertEnumType(string context, object value, Type target)
        => EnumTypes.Constructor(target, value.GetType()) is { } constructor
            ? new(constructor.Invoke([value]))
            : new(null, $"Expected target type {target.FullName} to have a constructor with a single {value.GetType().FullName} parameter.");

    private Conversion TryConvertClass(string context, object value, Type target)
    {
        var constructor = TargetType.Constructor(target)!;
        return Conversion.Expect(context, value, typeof(ImmutableDictionary<string, object>)).Then(MakeObject);

        object MakeObject(object members)
        {
            var map = (ImmutableDictionary<string, object?>)members;
            return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Argument(map, parameter))]);
        }

        object? Argument(ImmutableDictionary<string, object?> map, ParameterInfo parameter)
            => ConvertOrWarn($"{target.FullName}({parameter.Name})", map.GetValueOrDefault(parameter.Name!), parameter.ParameterType);
    }

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

/// <summary>Which types an output can have.</summary>
internal static class TargetType
{
    private static readonly HashSet<Type> Plain =
    [
        typeof(bool), typeof(int), typeof(double), typeof(string), typeof(object),
        typeof(Asset), typeof(Archive), typeof(AssetOrArchive), typeof(Resource),
        typeof(ImmutableDictionary<string, object>), typeof(ImmutableArray<object>),
    ];

    /// <exception cref="InvalidOperationException">The type, or one inside it, cannot be an output's.</exception>
    public static void Check(string context, Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type) || Plain.Contains(type) || type.IsSubclassOf(typeof(Resource)) || EnumTypes.Contain(type))
        {
            return;
        }

        if (type.IsConstructedGenericType)
        {
            CheckGeneric(context, type, seen);
        }
        else
        {
            CheckClass(context, type, seen);
        }
    }

    /// <summary>The constructor that outputs are made with: the marked one, else the only public one.</summary>
    public static ConstructorInfo? Constructor(Type type)
    {
        var all = type.GetConstructors(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance);
        var marked = all.FirstOrDefault(constructor => constructor.GetCustomAttribute<OutputConstructorAttribute>() is not null);
        return marked ?? (all.Where(constructor => constructor.IsPublic).ToArray() is [var only] ? only : null);
    }

    private static void CheckGeneric(string context, Type type, HashSet<Type> seen)
    {
        var definition = type.GetGenericTypeDefinition();
        var arguments = type.GenericTypeArguments;
        if (definition == typeof(ImmutableDictionary<,>))
        {
            if (arguments[0] != typeof(string))
            {
                throw new InvalidOperationException(
                    $"{context} contains invalid type {type.FullName}:\n    The only allowed ImmutableDictionary 'TKey' type is 'String'.");
            }

            Check(context, arguments[1], seen);
            return;
        }

        Type[] containers = [typeof(Nullable<>), typeof(Union<,>), typeof(ImmutableArray<>)];
        if (!containers.Contains(definition))
        {
            throw new InvalidOperationException(
                $"{context} contains invalid type {type.FullName}:\n    The only generic types allowed are ImmutableArray<...> and ImmutableDictionary<string, ...>");
        }

        foreach (var argument in arguments)
        {
            Check(context, argument, seen);
        }
    }

    private static void CheckClass(string context, Type type, HashSet<Type> seen)
    {
        if (type.GetCustomAttribute<OutputTypeAttribute>() is null)
        {
            throw new InvalidOperationException(
                $"""
                {context} contains invalid type {type.FullName}. Allowed types are:
                    String, Boolean, Int32, Double,
                    Nullable<...>, ImmutableArray<...> and ImmutableDictionary<string, ...> or
                    a class explicitly marked with the [{nameof(OutputTypeAttribute)}].
                """);
        }

        var constructor = Constructor(type) ?? throw new InvalidOperationException(
            $"{type.FullName} had [{nameof(OutputTypeAttribute)}], but did not contain constructor marked with [{nameof(OutputConstructorAttribute)}].");
        foreach (var parameter in constructor.GetParameters())
        {
            Check($"{type.FullName}({parameter.Name})", parameter.ParameterType, seen);
        }
    }
}

/// <summary>Structs marked with <see cref="EnumTypeAttribute"/>: named values over a string or a double.</summary>
internal static class EnumTypes
{
    public static bool Contain(Type type) => type.IsValueType && type.GetCustomAttribute<EnumTypeAttribute>() is not null;

    public static object? ValueOf(object value)
    {
        var type = value.GetType();
        return type.GetMethod("op_Explicit", BindingFlags.Public | BindingFlags.Static, [type])!.Invoke(null, [value]);
    }

    public static ConstructorInfo? Constructor(Type type, Type underlying)
        => type.GetConstructor(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance, [underlying]);
}
