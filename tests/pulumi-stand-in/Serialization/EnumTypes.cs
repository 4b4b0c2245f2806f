using System.Reflection;

namespace Pulumi.Serialization;

/// <summary>Structs marked with <see cref="EnumTypeAttribute"/>: named values over a string or a double.</summary>
internal static class EnumTypes
{
    private const BindingFlags Constructors = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    public static object? ValueOf(string context, object value)
    {
        var type = value.GetType();
        var toValue = Conversion(type);
        if (toValue is null || (toValue.ReturnType != typeof(string) && toValue.ReturnType != typeof(double)))
        {
            throw new InvalidOperationException(
                $"Expected {type.FullName} to have an explicit conversion operator to String or Double.\n\t{context}");
        }

        return toValue.Invoke(null, [value]);
    }

    public static ConstructorInfo? Constructor(Type type, Type underlying) => type.GetConstructor(Constructors, [underlying]);

    public static void Check(Type type)
    {
        if (CheckOver(type, typeof(string)) || CheckOver(type, typeof(double)))
        {
            return;
        }

        throw new InvalidOperationException(
            $"{type.FullName} had [{nameof(EnumTypeAttribute)}], but did not contain constructor with a single String or Double parameter.");
    }

    private static bool CheckOver(Type type, Type underlying)
    {
        if (Constructor(type, underlying) is null)
        {
            return false;
        }

        if (Conversion(type)?.ReturnType == underlying)
        {
            return true;
        }

        throw new InvalidOperationException(
            $"{type.FullName} had [{nameof(EnumTypeAttribute)}], but did not contain an explicit conversion operator to {underlying.FullName}.");
    }

    private static MethodInfo? Conversion(Type type)
        => type.GetMethod("op_Explicit", BindingFlags.Public | BindingFlags.Static, [type]);
}
