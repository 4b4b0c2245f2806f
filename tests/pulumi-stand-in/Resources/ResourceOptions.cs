namespace Pulumi;

/// <summary>How a resource is registered, as opposed to what it is.</summary>
public abstract class ResourceOptions
{
    public Input<string>? Id { get; set; }

    public Resource? Parent { get; set; }

    public InputList<Resource> DependsOn { get => field ??= []; set; }

    public bool? Protect { get; set; }

    public List<string> IgnoreChanges { get => field ??= []; set; }

    public string? Version { get; set; }

    public ProviderResource? Provider { get; set; }

    public CustomTimeouts? CustomTimeouts { get; set; }

    public List<ResourceTransformation> ResourceTransformations { get => field ??= []; set; }

    /// <summary>Transforms that the engine calls; mocks never do.</summary>
    public List<ResourceTransform> ResourceTransforms { get => field ??= []; set; }

    public List<Input<Alias>> Aliases { get; set; } = [];

    public string? Urn { get; set; }

    public List<string> ReplaceOnChanges { get => field ??= []; set; }

    public string? PluginDownloadURL { get; set; }

    public bool? RetainOnDelete { get; set; }

    public Resource? DeletedWith { get; set; }

    internal abstract ResourceOptions Clone();

    /// <summary>Copies the options that every kind of resource has; lists are copied, resources are not.</summary>
    private protected static T Copy<T>(ResourceOptions? from)
        where T : ResourceOptions, new()
        => from is null ? new() : new()
        {
            Id = from.Id,
            Parent = from.Parent,
            DependsOn = from.DependsOn.Clone(),
            Protect = from.Protect,
            IgnoreChanges = [.. from.IgnoreChanges],
            Version = from.Version,
            Provider = from.Provider,
            CustomTimeouts = CustomTimeouts.Clone(from.CustomTimeouts),
            ResourceTransformations = [.. from.ResourceTransformations],
            ResourceTransforms = [.. from.ResourceTransforms],
            Aliases = [.. from.Aliases],
            Urn = from.Urn,
            ReplaceOnChanges = [.. from.ReplaceOnChanges],
            PluginDownloadURL = from.PluginDownloadURL,
            RetainOnDelete = from.RetainOnDelete,
            DeletedWith = from.DeletedWith,
        };

    /// <summary>Later values win, lists are joined.</summary>
    private protected static void MergeInto(ResourceOptions to, ResourceOptions from)
    {
        to.Id = from.Id ?? to.Id;
        to.Parent = from.Parent ?? to.Parent;
        to.DependsOn = to.DependsOn.Concat(from.DependsOn);
        to.Protect = from.Protect ?? to.Protect;
        to.IgnoreChanges.AddRange(from.IgnoreChanges);
        to.Version = from.Version ?? to.Version;
        to.Provider = from.Provider ?? to.Provider;
        to.CustomTimeouts = from.CustomTimeouts ?? to.CustomTimeouts;
        to.ResourceTransformations.AddRange(from.ResourceTransformations);
        to.ResourceTransforms.AddRange(from.ResourceTransforms);
        to.Aliases.AddRange(from.Aliases);
        to.Urn = from.Urn ?? to.Urn;
        to.ReplaceOnChanges.AddRange(from.ReplaceOnChanges);
        to.PluginDownloadURL = from.PluginDownloadURL ?? to.PluginDownloadURL;
        to.RetainOnDelete = from.RetainOnDelete ?? to.RetainOnDelete;
        to.DeletedWith = from.DeletedWith ?? to.DeletedWith;
    }
}

public sealed class CustomResourceOptions : ResourceOptions
{
    public bool? DeleteBeforeReplace { get; set; }

    public List<string> AdditionalSecretOutputs { get => field ??= []; set; }

    public string? ImportId { get; set; }

    public static CustomResourceOptions Merge(CustomResourceOptions? options1, CustomResourceOptions? options2)
    {
        var (merged, later) = (Copy(options1), Copy(options2));
        MergeInto(merged, later);
        merged.DeleteBeforeReplace = later.DeleteBeforeReplace ?? merged.DeleteBeforeReplace;
        merged.ImportId = later.ImportId ?? merged.ImportId;
        merged.AdditionalSecretOutputs.AddRange(later.AdditionalSecretOutputs);
        return merged;
    }

    internal override ResourceOptions Clone() => Copy(this);

    private static CustomResourceOptions Copy(CustomResourceOptions? from)
    {
        var copy = Copy<CustomResourceOptions>(from);
        copy.DeleteBeforeReplace = from?.DeleteBeforeReplace;
        copy.ImportId = from?.ImportId;
        copy.AdditionalSecretOutputs = [.. from?.AdditionalSecretOutputs ?? []];
        return copy;
    }
}

public sealed class ComponentResourceOptions : ResourceOptions
{
    public List<ProviderResource> Providers { get => field ??= []; set; }

    public static ComponentResourceOptions Merge(ComponentResourceOptions? options1, ComponentResourceOptions? options2)
    {
        var (merged, later) = (Copy(options1), Copy(options2));
        MergeInto(merged, later);
        merged.Providers = MergeProviders(merged.Providers, later.Providers);
        return merged;
    }

    internal override ResourceOptions Clone() => Copy(this);

    private static ComponentResourceOptions Copy(ComponentResourceOptions? from)
    {
        var copy = Copy<ComponentResourceOptions>(from);
        copy.Providers = [.. from?.Providers ?? []];
        return copy;
    }

    /// <summary>One provider for each package: of several the last, in the order in which they were given.</summary>
    private static List<ProviderResource> MergeProviders(List<ProviderResource> earlier, List<ProviderResource> later)
        => [.. earlier.Concat(later).Reverse().DistinctBy(provider => provider.Package).Reverse()];
}

public sealed class CustomTimeouts
{
    public TimeSpan? Create { get; set; }

    public TimeSpan? Update { get; set; }

    public TimeSpan? Delete { get; set; }

    internal static CustomTimeouts? Clone(CustomTimeouts? timeouts)
        => timeouts is null ? null : new() { Create = timeouts.Create, Update = timeouts.Update, Delete = timeouts.Delete };
}
