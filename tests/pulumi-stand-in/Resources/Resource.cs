using System.Collections.Immutable;
using Pulumi.Serialization;

namespace Pulumi;

/// <summary>Anything that is declared: its construction registers it.</summary>
public class Resource
{
    private readonly string _type;
    private readonly string _name;
    private readonly ImmutableArray<ResourceTransformation> _transformations;
    private readonly ImmutableDictionary<string, ProviderResource> _providers;

    private protected Resource(string type, string name, bool custom, ResourceArgs args, ResourceOptions options, bool remote = false)
    {
        if (string.IsNullOrEmpty(type))
        {
            throw new ArgumentException("'type' cannot be null or empty.", nameof(type));
        }

        if (string.IsNullOrEmpty(name))
        {
            throw new ArgumentException("'name' cannot be null or empty.", nameof(name));
        }

        (_type, _name) = (type, name);
        CompletionSources = OutputCompletionSource.Initialize(this, remote || options.Urn is not null);
        _transformations = [.. options.ResourceTransformations, .. InheritedTransformations(options)];
        (args, options) = Transform(args, options);
        options = options.Clone();
        if (options.Provider is not null && options is ComponentResourceOptions { Providers.Count: > 0 })
        {
            throw new ResourceException("Do not supply both 'provider' and 'providers' options to a ComponentResource.", options.Parent);
        }

        options.Parent?.Adopt(this);
        _providers = Providers(custom, options);
        options.Aliases.ForEach(alias => AliasUrn.Check(alias, name, type, options.Parent));
        Deployment.Required.ReadOrRegister(this, remote, args, options);
    }

    /// <summary>A resource that exists only as a dependency; nothing is registered.</summary>
    private protected Resource()
    {
        (_type, _name) = ("", "");
        _providers = ImmutableDictionary<string, ProviderResource>.Empty;
        CompletionSources = ImmutableDictionary<string, IOutputCompletionSource>.Empty;
        _transformations = [];
    }

    [Output(Wire.Urn)]
    public Output<string> Urn { get; private protected set; } = null!;

    internal HashSet<Resource> Children { get; } = [];

    internal ImmutableDictionary<string, IOutputCompletionSource> CompletionSources { get; }

    public string GetResourceType() => _type;

    public string GetResourceName() => _name;

    /// <summary>The provider that children of this resource get for a type, unless they name one.</summary>
    internal ProviderResource? GetProvider(string type)
        => type.Split(':') is [var package, _, _] ? _providers.GetValueOrDefault(package) : null;

    private void Adopt(Resource child)
    {
        lock (Children)
        {
            Children.Add(child);
        }
    }

    private ImmutableArray<ResourceTransformation> InheritedTransformations(ResourceOptions options)
    {
        if (_type == Stack.RootType)
        {
            return [];
        }

        var parent = options.Parent ?? (options.Urn is null ? Deployment.Required.Stack : null);
        return parent?._transformations ?? [];
    }

    private (ResourceArgs Args, ResourceOptions Options) Transform(ResourceArgs args, ResourceOptions options)
    {
        foreach (var transformation in _transformations)
        {
            if (transformation(new ResourceTransformationArgs(this, args, options)) is not { } result)
            {
                continue;
            }

            if (result.Options.Parent != options.Parent)
            {
                throw new ArgumentException("Transformations cannot currently be used to change the 'parent' of a resource.");
            }

            (args, options) = (result.Args, result.Options);
        }

        return (args, options);
    }

    // A custom resource without a provider takes its parent's, and passes it to its own children; a component only passes it on.
    private ImmutableDictionary<string, ProviderResource> Providers(bool custom, ResourceOptions options)
    {
        var inherited = options.Parent?._providers ?? ImmutableDictionary<string, ProviderResource>.Empty;
        if (custom)
        {
            if ((options as CustomResourceOptions)?.Provider is { } explicitProvider)
            {
                return _type.Split(':') is [var package, _, _] ? inherited.SetItem(package, explicitProvider) : inherited;
            }

            options.Provider = options.Parent is null ? options.Provider : options.Parent.GetProvider(_type);
            return inherited;
        }

        var own = options.Provider is { } provider ? [provider] : (options as ComponentResourceOptions)?.Providers ?? [];
        return inherited.SetItems(own.Select(p => KeyValuePair.Create(p.Package, p)));
    }
}
