using System.Collections.Immutable;
using Pulumi.Serialization;
using Pulumi.Testing;

namespace Pulumi;

public sealed partial class Deployment
{
    /// <summary>
    /// Waits for all that a registration waits for, in the SDK's order: explicit dependencies, the inputs, the parent, the provider,
    /// every resource that is depended on, the aliases.
    /// </summary>
    private async Task<MonitorRequest> PrepareAsync(string label, Resource resource, bool remote, ResourceArgs args, ResourceOptions options)
    {
        var type = resource.GetResourceType();
        var explicitDependencies = await options.DependsOn.ToOutput().GetValueAsync(whenUnknown: []).ConfigureAwait(false);
        var inputs = args.ToDictionary();
        var (properties, dependencies) = await SerializeAsync(label, inputs, name => name is not (Wire.Id or Wire.Urn)).ConfigureAwait(false);
        var parent = (options.Parent ?? (type == Stack.RootType ? null : Stack))?.Urn;
        var parentUrn = parent is null ? null : await parent.GetValueAsync(whenUnknown: null!).ConfigureAwait(false);
        var provider = await ProviderReferenceAsync(resource, remote, options).ConfigureAwait(false);
        await WaitForAsync([.. explicitDependencies]).ConfigureAwait(false);
        foreach (var resources in dependencies)
        {
            await WaitForAsync(resources).ConfigureAwait(false);
        }

        await ResolveAliasesAsync(options).ConfigureAwait(false);
        return new(type, resource.GetResourceName(), parentUrn ?? "", provider ?? "", Id: "", properties);
    }

    private static async Task<string?> ProviderReferenceAsync(Resource resource, bool remote, ResourceOptions options)
    {
        if (resource is CustomResource)
        {
            var provider = options.Provider ?? options.Parent?.GetProvider(resource.GetResourceType());
            return provider is null ? null : await provider.ReferenceAsync().ConfigureAwait(false);
        }

        if (remote && options is ComponentResourceOptions component)
        {
            foreach (var provider in component.Providers.Append(component.Provider).OfType<ProviderResource>())
            {
                await provider.ReferenceAsync().ConfigureAwait(false);
            }
        }

        return null;
    }

    /// <summary>Waits for the registration of the resources; of a component, for that of every custom resource and remote component in it.</summary>
    private static Task WaitForAsync(HashSet<Resource> resources)
        => Task.WhenAll(WithDescendants(resources)
            .Where(resource => resource is CustomResource or ComponentResource { IsRemote: true })
            .Select(resource => resource.Urn.GetValueAsync(whenUnknown: "")));

    private static HashSet<Resource> WithDescendants(IEnumerable<Resource> resources)
    {
        var found = new HashSet<Resource>();
        var open = new Stack<Resource>(resources);
        while (open.TryPop(out var resource))
        {
            if (!found.Add(resource) || resource is not ComponentResource)
            {
                continue;
            }

            lock (resource.Children)
            {
                foreach (var child in resource.Children)
                {
                    open.Push(child);
                }
            }
        }

        return found;
    }

    private static async Task ResolveAliasesAsync(ResourceOptions options)
    {
        foreach (var alias in options.Aliases)
        {
            if (await alias.ToOutput().GetValueAsync(whenUnknown: null!).ConfigureAwait(false) is not { Urn: null } parts)
            {
                continue;
            }

            var parent = parts.Parent is null ? parts.ParentUrn : (Input<string>)parts.Parent.Urn;
            foreach (var part in new[] { parts.Name, parts.Type, parts.Stack, parts.Project, parent })
            {
                await part.ToOutput().GetValueAsync(whenUnknown: "").ConfigureAwait(false);
            }
        }
    }

    /// <exception cref="InvalidOperationException">A property cannot be serialized; it is named.</exception>
    private static async Task<(ImmutableDictionary<string, object?> Properties, List<HashSet<Resource>> Dependencies)> SerializeAsync(
        string label, IDictionary<string, object?> values, Predicate<string> accept)
    {
        var properties = ImmutableDictionary.CreateBuilder<string, object?>();
        var dependencies = new List<HashSet<Resource>>();
        foreach (var (name, value) in values.Where(pair => accept(pair.Key)))
        {
            var serializer = new Serializer(keepResources: true);
            try
            {
                if (await serializer.SerializeAsync($"{label}.{name}", value).ConfigureAwait(false) is not { } property)
                {
                    continue;
                }

                properties[name] = property;
                dependencies.Add(serializer.DependentResources);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"error serializing property \"{name}\": {e.Message}", e);
            }
        }

        return (properties.ToImmutable(), dependencies);
    }
}
