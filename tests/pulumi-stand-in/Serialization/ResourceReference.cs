using System.Collections.Immutable;
using System.Reflection;

namespace Pulumi.Serialization;

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
