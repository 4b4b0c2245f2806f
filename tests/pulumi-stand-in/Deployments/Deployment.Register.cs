using System.Collections.Immutable;
using Pulumi.Serialization;
using Pulumi.Testing;

namespace Pulumi;

public sealed partial class Deployment
{
    internal void ReadOrRegister(Resource resource, bool remote, ResourceArgs args, ResourceOptions options)
        => Runner.RegisterTask(CompleteAsync(resource, remote, args, options));

    internal void RegisterOutputs(Resource resource, Output<IDictionary<string, object?>> outputs)
        => Runner.RegisterTask(RegisterOutputsAsync(resource, outputs));

    /// <summary>Registers the resource and resolves its outputs with the answer, or all of them with the failure.</summary>
    private async Task CompleteAsync(Resource resource, bool remote, ResourceArgs args, ResourceOptions options)
    {
        var sources = resource.CompletionSources;
        try
        {
            Resolve(resource, await ReadOrRegisterAsync(resource, remote, args, options).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            foreach (var source in sources.Values)
            {
                source.TrySetException(e);
            }

            throw;
        }
        finally
        {
            foreach (var source in sources.Values)
            {
                source.TrySetDefault(isKnown: !IsDryRun);
            }
        }
    }

    private static void Resolve(Resource resource, MonitorResponse response)
    {
        var converter = new Converter(warning => Pulumi.Log.Warn(warning, resource));
        foreach (var (name, source) in resource.CompletionSources.OrderBy(pair => pair.Key is Wire.Urn or Wire.Id ? 0 : 1))
        {
            if (name == Wire.Urn)
            {
                source.Set(OutputData.Known<object?>(response.Urn));
            }
            else if (name == Wire.Id && resource is CustomResource)
            {
                source.Set(new([], response.Id, response.Id.Length > 0, IsSecret: false));
            }
            else if (name != Wire.Id && response.State.TryGetValue(name, out var value))
            {
                source.Set(converter.Convert($"{resource.GetType().FullName}.{name}", value, source.TargetType));
            }
        }
    }

    private async Task<MonitorResponse> ReadOrRegisterAsync(Resource resource, bool remote, ResourceArgs args, ResourceOptions options)
    {
        if (options.Urn is { } urn)
        {
            return _monitor.Find(urn);
        }

        var label = $"resource:{resource.GetResourceName()}[{resource.GetResourceType()}]";
        if (options.Id is { } idInput
            && await idInput.ToOutput().GetValueAsync(whenUnknown: "").ConfigureAwait(false) is { Length: > 0 } id)
        {
            if (resource is not CustomResource)
            {
                throw new ArgumentException(
                    $"{nameof(ResourceOptions)}.{nameof(ResourceOptions.Id)} is only valid for a {nameof(CustomResource)}");
            }

            var read = await PrepareAsync($"{label}#...", resource, remote: false, args, options).ConfigureAwait(false);
            return await _monitor.ReadAsync(resource, read with { Id = id }).ConfigureAwait(false);
        }

        if (options.DeletedWith is { } owner)
        {
            await owner.Urn.GetValueAsync(whenUnknown: "").ConfigureAwait(false);
        }

        var request = await PrepareAsync(label, resource, remote, args, options).ConfigureAwait(false);
        var importId = (options as CustomResourceOptions)?.ImportId ?? "";
        return await _monitor.RegisterAsync(resource, request with { Id = importId }).ConfigureAwait(false);
    }

    private async Task RegisterOutputsAsync(Resource resource, Output<IDictionary<string, object?>> outputs)
    {
        var urn = await resource.Urn.GetValueAsync(whenUnknown: null!).ConfigureAwait(false);
        var values = await outputs.GetValueAsync(whenUnknown: null!).ConfigureAwait(false);
        var (properties, _) = await SerializeAsync("monitor.registerResourceOutputs(...)", values, _ => true).ConfigureAwait(false);
        await _monitor.RegisterOutputsAsync(urn, properties).ConfigureAwait(false);
    }

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
