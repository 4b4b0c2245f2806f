using System.Reflection;

namespace Pulumi;

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
