using System.Collections.Immutable;
using System.Reflection;

namespace Pulumi.Serialization;

/// <summary>The side of an output through which the registration of its resource resolves it.</summary>
internal interface IOutputCompletionSource
{
    Type TargetType { get; }

    object Output { get; }

    void Set(OutputData<object?> data);

    void TrySetDefault(bool isKnown);

    void TrySetException(Exception exception);
}

internal sealed class OutputCompletionSource<T> : IOutputCompletionSource
{
    private readonly TaskCompletionSource<OutputData<T>> _source = new();
    private readonly ImmutableHashSet<Resource> _resources;
    private readonly Output<T> _output;

    public OutputCompletionSource(Resource resource) => (_resources, _output) = ([resource], new(_source.Task));

    public Type TargetType => typeof(T);

    public object Output => _output;

    public void Set(OutputData<object?> data)
        => _source.SetResult(new(_resources.Union(data.Resources), data.Value is null ? default! : (T)data.Value, data.IsKnown, data.IsSecret));

    public void TrySetDefault(bool isKnown) => _source.TrySetResult(new(_resources, default!, isKnown, IsSecret: false));

    public void TrySetException(Exception exception) => _source.TrySetException(exception);
}

internal static class OutputCompletionSource
{
    /// <summary>Gives every output property of the resource an output to be resolved later. A component assigns its own, unless remote.</summary>
    public static ImmutableDictionary<string, IOutputCompletionSource> Initialize(Resource resource, bool remote)
    {
        var sources = ImmutableDictionary.CreateBuilder<string, IOutputCompletionSource>();
        foreach (var property in resource.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<OutputAttribute>() is not { } attribute)
            {
                continue;
            }

            if (resource is ComponentResource && !remote && property.DeclaringType != typeof(Resource))
            {
                continue;
            }

            var source = Create(resource, property, attribute);
            Setter(resource, property).Invoke(resource, [source.Output]);
            sources.Add(attribute.Name ?? property.Name, source);
        }

        return sources.ToImmutable();
    }

    private static IOutputCompletionSource Create(Resource resource, PropertyInfo property, OutputAttribute attribute)
    {
        var type = property.PropertyType;
        if (!type.IsConstructedGenericType || type.GetGenericTypeDefinition() != typeof(Output<>))
        {
            throw RunException.OutputsHaveIncorrectType([attribute.Name!]);
        }

        var value = type.GenericTypeArguments[0];
        TargetType.Check(FullName(resource, property), value, []);
        return (IOutputCompletionSource)Activator.CreateInstance(typeof(OutputCompletionSource<>).MakeGenericType(value), resource)!;
    }

    // A private setter is only found on the type that declares it.
    private static MethodInfo Setter(Resource resource, PropertyInfo property)
        => property.DeclaringType!.GetProperty(property.Name)!.GetSetMethod(nonPublic: true)
            ?? throw new InvalidOperationException($"{FullName(resource, property)} did not have a 'set' method");

    private static string FullName(Resource resource, PropertyInfo property) => $"[Output] {resource.GetType().FullName}.{property.Name}";
}

/// <summary>The result of an output: its value, its dependencies, and whether it is known and secret.</summary>
internal readonly record struct OutputData<T>(ImmutableHashSet<Resource> Resources, T Value, bool IsKnown, bool IsSecret)
{
    public OutputData<object?> Boxed() => new(Resources, Value, IsKnown, IsSecret);
}

internal static class OutputData
{
    public static OutputData<T> Known<T>(T value, bool isSecret = false) => new([], value, IsKnown: true, isSecret);

    public static OutputData<T> Unknown<T>(T value, bool isSecret = false) => new([], value, IsKnown: false, isSecret);
}
