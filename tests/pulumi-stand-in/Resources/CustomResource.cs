namespace Pulumi;

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
