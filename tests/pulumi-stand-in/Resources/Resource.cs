using System.Collections.Immutable;
using System.Reflection;
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

/// <summary>A resource that a provider creates, reads, updates and deletes.</summary>
public class CustomResource : Resource
{
    public CustomResource(string type, string name, ResourceArgs? args, CustomResourceOptions? options = null)
        : base(type, name, custom: true, args ?? ResourceArgs.Empty, options ?? new CustomResourceOptions())
    {
    }

    public CustomResource(
        string type,
        string name,
        ResourceArgs? args,
        CustomResourceOptions? options = null,
        RegisterPackageRequest? registerPackageRequest = null)
        : this(type, name, args, options)
    {
    }

    private protected CustomResource()
    {
    }

    [Output(Serialization.Wire.Id)]
    public Output<string> Id { get; private protected set; } = null!;
}

/// <summary>A resource of which only the URN is known.</summary>
internal sealed class DependencyResource : CustomResource
{
    public DependencyResource(string urn) => Urn = new(Task.FromResult(Serialization.OutputData.Known(urn) with { Resources = [this] }));
}

/// <summary>An explicitly configured provider.</summary>
public class ProviderResource : CustomResource
{
    private string? _reference;

    public ProviderResource(string package, string name, ResourceArgs args, CustomResourceOptions? options = null)
        : base($"pulumi:providers:{package}", name, args, options)
        => Package = package;

    public ProviderResource(
        string package,
        string name,
        ResourceArgs args,
        CustomResourceOptions? options = null,
        RegisterPackageRequest? registerPackageRequest = null)
        : this(package, name, args, options)
    {
    }

    internal string Package { get; }

    /// <summary>How requests name the provider: <c>URN::ID</c>, with the sign for unknown in place of an ID that is not known.</summary>
    internal async Task<string> ReferenceAsync()
        => _reference ??= await Task.WhenAll(Urn.GetValueAsync(whenUnknown: null!), Id.GetValueAsync(whenUnknown: null!))
            .ContinueWith(Join, TaskScheduler.Default)
            .ConfigureAwait(false);

    private static string Join(Task<string[]> parts)
        => $"{parts.Result[0]}::{(string.IsNullOrEmpty(parts.Result[1]) ? Wire.Unknown : parts.Result[1])}";
}

/// <summary>
/// How generated packages are registered with the engine. Programs have no use for it; it is here because the overloads that take one
/// make some calls ambiguous.
/// </summary>
public sealed class RegisterPackageRequest
{
    private RegisterPackageRequest()
    {
    }
}

/// <summary>A resource that groups others; with <c>remote</c>, one whose parts a provider declares.</summary>
public class ComponentResource : Resource
{
    public ComponentResource(string type, string name, ComponentResourceOptions? options = null)
        : this(type, name, ResourceArgs.Empty, options)
    {
    }

    public ComponentResource(
        string type, string name, ResourceArgs? args, ComponentResourceOptions? options = null, bool remote = false)
        : base(type, name, custom: false, args ?? ResourceArgs.Empty, options ?? new ComponentResourceOptions(), remote)
        => IsRemote = remote;

    public ComponentResource(
        string type,
        string name,
        ResourceArgs? args,
        ComponentResourceOptions? options,
        bool remote,
        RegisterPackageRequest? registerPackageRequest = null)
        : this(type, name, args, options, remote)
    {
    }

    internal bool IsRemote { get; }

    /// <summary>Registers every property marked with <see cref="OutputAttribute"/>, by the name given there or its own.</summary>
    protected void RegisterOutputs()
        => RegisterOutputs(
            (from property in GetType().GetProperties()
             where property.Name != nameof(Urn)
             let output = property.GetCustomAttribute<OutputAttribute>()
             where output is not null
             select (Name: string.IsNullOrWhiteSpace(output.Name) ? property.Name : output.Name, Value: property.GetValue(this)))
            .ToDictionary<(string Name, object? Value), string, object?>(output => output.Name, output => output.Value));

    protected void RegisterOutputs(IDictionary<string, object?> outputs)
        => RegisterOutputs(Task.FromResult(outputs ?? throw new ArgumentNullException(nameof(outputs))));

    protected void RegisterOutputs(Task<IDictionary<string, object?>> outputs)
        => RegisterOutputs(Output.Create(outputs ?? throw new ArgumentNullException(nameof(outputs))));

    protected void RegisterOutputs(Output<IDictionary<string, object?>> outputs)
        => Deployment.Required.RegisterOutputs(this, outputs ?? throw new ArgumentNullException(nameof(outputs)));
}

/// <summary>The root of all resources; its properties marked with <see cref="OutputAttribute"/> are the stack's outputs.</summary>
public class Stack : ComponentResource
{
    internal const string RootType = "pulumi:pulumi:Stack";

    public Stack(StackOptions? options = null)
        : base(RootType, $"{Deployment.Instance.ProjectName}-{Deployment.Instance.StackName}", Convert(options))
        => Deployment.Required.Stack = this;

    internal Output<IDictionary<string, object?>> Outputs { get; private set; }
        = Output.Create<IDictionary<string, object?>>(ImmutableDictionary<string, object?>.Empty);

    /// <exception cref="RunException">An output has no value, or is not an <see cref="Output{T}"/>.</exception>
    internal void RegisterPropertyOutputs()
    {
        var outputs = (from property in GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
                       let output = property.GetCustomAttribute<OutputAttribute>()
                       where output is not null && property.DeclaringType?.IsAssignableFrom(typeof(Stack)) != true
                       select (Name: output.Name ?? property.Name, Value: property.GetValue(this))).ToList();
        if (outputs.Where(output => output.Value is null).Select(output => output.Name).ToList() is { Count: > 0 } missing)
        {
            throw new RunException(
                $"Output(s) '{string.Join(", ", missing)}' have no value assigned. " +
                "[Output] attributed properties must be assigned inside Stack constructor.");
        }

        if (outputs.Where(output => output.Value is not IOutput).Select(output => output.Name).ToList() is { Count: > 0 } plain)
        {
            throw RunException.OutputsHaveIncorrectType(plain);
        }

        Outputs = Output.Create<IDictionary<string, object?>>(outputs.ToDictionary(output => output.Name, output => (object?)output.Value));
        RegisterOutputs(Outputs);
    }

    private static ComponentResourceOptions? Convert(StackOptions? options)
        => options is null ? null : new() { ResourceTransformations = options.ResourceTransformations };
}

public class StackOptions
{
    public List<ResourceTransformation> ResourceTransformations { get => field ??= []; set; }
}

/// <summary>The name by which the engine knows a resource: <c>urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME</c>.</summary>
public static class Urn
{
    public static Output<string> Create(
        Input<string> name,
        Input<string> type,
        Resource? parent = null,
        Input<string>? parentUrn = null,
        Input<string>? project = null,
        Input<string>? stack = null)
    {
        if (parent is not null && parentUrn is not null)
        {
            throw new ArgumentException("Only one of 'parent' and 'parentUrn' can be non-null.");
        }

        var parentPath = parent?.Urn ?? parentUrn?.ToOutput();
        var prefix = parentPath is not null
            ? parentPath.Apply(urn => urn[..urn.LastIndexOf("::", StringComparison.Ordinal)] + "$")
            : Output.Format($"urn:pulumi:{stack ?? Deployment.Instance.StackName}::{project ?? Deployment.Instance.ProjectName}::");
        return Output.Format($"{prefix}{type}::{name}");
    }

    /// <summary>The type of the resource itself, without those of its parents.</summary>
    internal static string TypeOf(string urn) => urn.Split("::")[2].Split('$')[^1];

    internal static string NameOf(string urn) => urn.Split("::")[3];
}

/// <summary>A failure that the user can correct: only its message is shown.</summary>
public class RunException : Exception
{
    public RunException(string message)
        : base(message)
    {
    }

    public RunException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public static RunException OutputsHaveIncorrectType(IEnumerable<string> outputAttributeNames)
        => new(
            $"Output(s) '{string.Join(", ", outputAttributeNames)}' have incorrect type. " +
            "[Output] attributed properties must be instances of Output<T>.");
}

/// <summary>A failure that belongs to a resource.</summary>
public class ResourceException(string message, Resource? resource, bool hideStack = false) : Exception(message)
{
    internal Resource? Resource { get; } = resource;

    internal bool HideStack { get; } = hideStack;
}
