using System.Reflection;

namespace Pulumi.Serialization;

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
