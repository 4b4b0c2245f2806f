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
internal sealed partial class Converter(Action<string> warn)
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
}
