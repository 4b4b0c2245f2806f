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

    public List<Input<Alias>> Aliases { get; set; } = [];

    public string? Urn { get; set; }

    public List<string> ReplaceOnChanges { get => field ??= []; set; }

    public string? PluginDownloadURL { get; set; }

    public bool? RetainOnDelete { get; set; }

    public Resource? DeletedWith { get; set; }

    internal abstract ResourceOptions Clone();

    /// <summary>Takes over other options: a later value wins, lists are joined.</summary>
    private protected virtual void Take(ResourceOptions later)
    {
        Id = later.Id ?? Id;
        Parent = later.Parent ?? Parent;
        DependsOn = DependsOn.Concat(later.DependsOn);
        Protect = later.Protect ?? Protect;
        IgnoreChanges.AddRange(later.IgnoreChanges);
        Version = later.Version ?? Version;
        Provider = later.Provider ?? Provider;
        CustomTimeouts = later.CustomTimeouts ?? CustomTimeouts;
        ResourceTransformations.AddRange(later.ResourceTransformations);
        Aliases.AddRange(later.Aliases);
        Urn = later.Urn ?? Urn;
        ReplaceOnChanges.AddRange(later.ReplaceOnChanges);
        PluginDownloadURL = later.PluginDownloadURL ?? PluginDownloadURL;
        RetainOnDelete = later.RetainOnDelete ?? RetainOnDelete;
        DeletedWith = later.DeletedWith ?? DeletedWith;
    }

    /// <summary>New options that have taken over these, in order.</summary>
    private protected static T Join<T>(params T?[] all)
        where T : ResourceOptions, new()
    {
        var joined = new T();
        foreach (var options in all.OfType<T>())
        {
            joined.Take(options);
        }

        return joined;
    }
}

public sealed class CustomResourceOptions : ResourceOptions
{
    public bool? DeleteBeforeReplace { get; set; }

    public List<string> AdditionalSecretOutputs { get => field ??= []; set; }

    public string? ImportId { get; set; }

    public static CustomResourceOptions Merge(CustomResourceOptions? options1, CustomResourceOptions? options2) => Join(options1, options2);

    internal override ResourceOptions Clone() => Join(this);

    private protected override void Take(ResourceOptions later)
    {
        base.Take(later);
        var options = (CustomResourceOptions)later;
        DeleteBeforeReplace = options.DeleteBeforeReplace ?? DeleteBeforeReplace;
        ImportId = options.ImportId ?? ImportId;
        AdditionalSecretOutputs.AddRange(options.AdditionalSecretOutputs);
    }
}

public sealed class ComponentResourceOptions : ResourceOptions
{
    public List<ProviderResource> Providers { get => field ??= []; set; }

    public static ComponentResourceOptions Merge(ComponentResourceOptions? options1, ComponentResourceOptions? options2) => Join(options1, options2);

    internal override ResourceOptions Clone() => Join(this);

    /// <summary>Takes over one provider for each package: of several the last, in the order in which they were given.</summary>
    private protected override void Take(ResourceOptions later)
    {
        base.Take(later);
        Providers = [.. Providers.Concat(((ComponentResourceOptions)later).Providers).Reverse().DistinctBy(provider => provider.Package).Reverse()];
    }
}

public sealed class CustomTimeouts
{
    public TimeSpan? Create { get; set; }

    public TimeSpan? Update { get; set; }

    public TimeSpan? Delete { get; set; }
}

/// <summary>Changes a resource's arguments and options before it is registered; null leaves them.</summary>
public delegate ResourceTransformationResult? ResourceTransformation(ResourceTransformationArgs args);

public readonly struct ResourceTransformationArgs(Resource resource, ResourceArgs args, ResourceOptions options)
{
    public Resource Resource { get; } = resource;

    public ResourceArgs Args { get; } = args;

    public ResourceOptions Options { get; } = options;
}

public readonly struct ResourceTransformationResult(ResourceArgs args, ResourceOptions options)
{
    public ResourceArgs Args { get; } = args;

    public ResourceOptions Options { get; } = options;
}

/// <summary>A name, type or place that a resource had before, so that the engine renames it instead of replacing it.</summary>
public sealed class Alias
{
    public string? Urn { get; set; }

    public Input<string>? Name { get; set; }

    public Input<string>? Type { get; set; }

    public Input<string>? Stack { get; set; }

    public Input<string>? Project { get; set; }

    public Resource? Parent { get; set; }

    public Input<string>? ParentUrn { get; set; }

    public bool NoParent { get; set; }
}

/// <summary>The URN of an alias. Only the engine uses it; under mocks an alias that contradicts itself fails the program.</summary>
internal static class AliasUrn
{
    public static void Check(Input<Alias> alias, string name, string type, Resource? parent)
        => alias.ToOutput().Apply(a => a.Urn is { } urn ? WholeUrn(a, urn) : FromParts(a, name, type, parent));

    private static Output<string> WholeUrn(Alias alias, string urn)
    {
        (string Name, bool IsSet)[] others =
        [
            (nameof(alias.Name), alias.Name is not null),
            (nameof(alias.Type), alias.Type is not null),
            (nameof(alias.Project), alias.Project is not null),
            (nameof(alias.Stack), alias.Stack is not null),
            (nameof(alias.Parent), alias.Parent is not null),
            (nameof(alias.ParentUrn), alias.ParentUrn is not null),
            (nameof(alias.NoParent), alias.NoParent),
        ];
        if (others.FirstOrDefault(other => other.IsSet).Name is { } other)
        {
            throw new ArgumentException($"{nameof(Alias)} should not specify both {nameof(Alias.Urn)} and {other}");
        }

        return Output.Create(urn);
    }

    private static Output<string> FromParts(Alias alias, string name, string type, Resource? parent)
    {
        bool[] parents = [alias.Parent is not null, alias.ParentUrn is not null, alias.NoParent];
        if (parents.Count(isSet => isSet) > 1)
        {
            throw new ArgumentException(
                $"Only specify one of '{nameof(Alias.Parent)}', '{nameof(Alias.ParentUrn)}' or '{nameof(Alias.NoParent)}' in an {nameof(Alias)}");
        }

        return Urn.Create(
            alias.Name ?? name,
            alias.Type ?? type,
            alias.Parent ?? (alias.ParentUrn is null && !alias.NoParent ? parent : null),
            alias.ParentUrn,
            alias.Project ?? Deployment.Instance.ProjectName,
            alias.Stack ?? Deployment.Instance.StackName);
    }
}
