namespace Pulumi;

public abstract partial class ResourceOptions
{
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
