using System.Collections.Immutable;
using System.Reflection;

namespace Pulumi.Serialization;

/// <summary>Reads the <see cref="Wire"/> form: numbers are doubles, and a secret or an unknown inside makes the whole so.</summary>
internal static class Deserializer
{
    public static OutputData<object?> Deserialize(object? wire)
    {
        var isSecret = false;
        while (SignatureOf(wire) == Wire.Secret)
        {
            isSecret = true;
            wire = ((ImmutableDictionary<string, object?>)wire!).GetValueOrDefault(Wire.Value);
        }

        if (wire is Wire.Unknown)
        {
            return OutputData.Unknown<object?>(null, isSecret);
        }

        var data = SignatureOf(wire) switch
        {
            Wire.Asset or Wire.Archive => OutputData.Known<object?>(DeserializeFile((ImmutableDictionary<string, object?>)wire!)),
            Wire.Resource => OutputData.Known<object?>(ResourceReference.Resolve((ImmutableDictionary<string, object?>)wire!)),
            _ => DeserializePlain(wire),
        };
        return data with { IsSecret = isSecret || data.IsSecret };
    }

    private static OutputData<object?> DeserializePlain(object? wire)
    {
        switch (wire)
        {
            case int number:
                return OutputData.Known<object?>((double)number);
            case ImmutableArray<object?> list:
                var items = list.SelectAsArray(Deserialize);
                return Join(items, items.SelectAsArray(item => item.Value));
            case ImmutableDictionary<string, object?> map:
                var members = map.Where(member => !member.Key.StartsWith("__", StringComparison.Ordinal))
                    .Select(member => (member.Key, Data: Deserialize(member.Value))).ToList();
                return Join(members.Select(m => m.Data), members.ToImmutableDictionary(m => m.Key, m => m.Data.Value));
            default:
                return OutputData.Known(wire);
        }
    }

    private static OutputData<object?> Join(IEnumerable<OutputData<object?>> parts, object value)
        => new([], value, parts.All(part => part.IsKnown), parts.Any(part => part.IsSecret));

    private static string? SignatureOf(object? wire)
        => wire is ImmutableDictionary<string, object?> map ? map.GetValueOrDefault(Wire.Signature) as string : null;

    private static AssetOrArchive DeserializeFile(ImmutableDictionary<string, object?> wire)
    {
        var isAsset = SignatureOf(wire) == Wire.Asset;
        if (wire.GetValueOrDefault("path") is string path)
        {
            return isAsset ? new FileAsset(path) : new FileArchive(path);
        }

        if (isAsset && wire.GetValueOrDefault("text") is string text)
        {
            return new StringAsset(text);
        }

        throw new InvalidOperationException($"Value was marked as {(isAsset ? nameof(Asset) : nameof(Archive))}, but did not conform to required shape.");
    }
}

/// <summary>A resource that was passed as a value: it is looked up by its URN, as the class that is registered for its type.</summary>
internal static class ResourceReference
{
    private static readonly Lazy<ILookup<string, Type>> Types = new(DiscoverTypes);

    public static Resource Resolve(ImmutableDictionary<string, object?> wire)
    {
        if (wire.GetValueOrDefault(Wire.Urn) is not string urn)
        {
            throw new InvalidOperationException("Value was marked as a Resource, but did not conform to required shape.");
        }

        return Types.Value[Pulumi.Urn.TypeOf(urn)].FirstOrDefault() is { } type ? Construct(type, urn) : new DependencyResource(urn);
    }

    private static Resource Construct(Type type, string urn)
    {
        ResourceOptions options = typeof(CustomResource).IsAssignableFrom(type)
            ? new CustomResourceOptions { Urn = urn }
            : new ComponentResourceOptions { Urn = urn };
        var constructor = type.GetConstructors().Single(c => c.GetParameters().Length == 3);
        return (Resource)constructor.Invoke([Pulumi.Urn.NameOf(urn), null, options]);
    }

    // Outside the stand-in, only assemblies that reference it can hold resources.
    private static ILookup<string, Type> DiscoverTypes()
    {
        var self = typeof(Resource).Assembly;
        return (from assembly in AppDomain.CurrentDomain.GetAssemblies()
                where assembly == self || (!assembly.IsDynamic && assembly.GetReferencedAssemblies().Any(a => a.Name == self.GetName().Name))
                from type in assembly.GetTypes()
                where typeof(Resource).IsAssignableFrom(type)
                let attribute = type.GetCustomAttribute<ResourceTypeAttribute>()
                where attribute is not null
                select (attribute.Type, Class: type)).ToLookup(found => found.Type, found => found.Class);
    }
}
