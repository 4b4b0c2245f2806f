using Pulumi.Serialization;

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
