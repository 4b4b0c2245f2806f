using System.Collections.Immutable;
using System.Reflection;

namespace Pulumi.Serialization;

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
