using System.Collections.Immutable;
using System.Reflection;
using Pulumi.Serialization;

namespace Pulumi;

/// <summary>Arguments: the members marked with <see cref="InputAttribute"/>, by the names given there.</summary>
public abstract class InputArgs
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    /// <exception cref="ArgumentNullException">A required member has no value.</exception>
    internal ImmutableDictionary<string, object?> ToDictionary()
    {
        var inputs = ImmutableDictionary.CreateBuilder<string, object?>();
        foreach (var field in GetType().GetFields(Members))
        {
            AddInput(inputs, field, field.GetValue);
        }

        foreach (var property in GetType().GetProperties(Members))
        {
            AddInput(inputs, property, property.GetValue);
        }

        return inputs.ToImmutable();
    }

    private void AddInput(IDictionary<string, object?> inputs, MemberInfo member, Func<object, object?> read)
    {
        if (member.GetCustomAttribute<InputAttribute>() is not { } input)
        {
            return;
        }

        var value = read(this);
        var fullName = $"[Input] {GetType().FullName}.{member.Name}";
        if (input.IsRequired && value is null)
        {
            throw new ArgumentNullException(member.Name, $"{fullName} is required but was not given a value");
        }

        inputs.Add(input.Name, input.Json ? ProtobufJson.Format(fullName, value) : value);
    }
}

/// <summary>The arguments of a resource, or of a part of one.</summary>
public abstract class ResourceArgs : InputArgs
{
    public static readonly ResourceArgs Empty = new NoArgs();

    private sealed class NoArgs : ResourceArgs;
}

/// <summary>The arguments of a provider's function.</summary>
public abstract class InvokeArgs : InputArgs
{
    public static readonly InvokeArgs Empty = new NoArgs();

    private sealed class NoArgs : InvokeArgs;
}

/// <summary>A property that the engine (here: the mocks) fills in.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OutputAttribute(string? name = null) : Attribute
{
    public string? Name { get; } = name;
}

/// <summary>A member that is sent to the engine (here: to the mocks) under the name given.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class InputAttribute(string name, bool required = false, bool json = false) : Attribute
{
    internal string Name { get; } = name;

    internal bool IsRequired { get; } = required;

    internal bool Json { get; } = json;
}

/// <summary>A class that outputs are converted to, through its <see cref="OutputConstructorAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OutputTypeAttribute : Attribute;

[AttributeUsage(AttributeTargets.Constructor)]
public sealed class OutputConstructorAttribute : Attribute;

/// <summary>A struct with named values over a string or a double.</summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class EnumTypeAttribute : Attribute;

/// <summary>The type token under which a class of resources is registered.</summary>
[AttributeUsage(AttributeTargets.Class)]
public class ResourceTypeAttribute(string type, string? version) : Attribute
{
    public string Type { get; } = type;

    public string? Version { get; } = version;
}
