namespace Pulumi.Kubernetes;

/// <summary>A Kubernetes object, or a Helm release.</summary>
public abstract class KubernetesResource : CustomResource
{
    internal KubernetesResource(string type, string name, ResourceArgs? args, CustomResourceOptions? options = null)
        : base(type, name, args, options)
    {
    }

    /// <summary>The caller's arguments, or new ones, with the kind that the class stands for.</summary>
    private protected static T MakeArgs<T>(T? args, string apiVersion, string kind)
        where T : ResourceArgs, IKubernetesObjectArgs, new()
    {
        args ??= new();
        (args.ApiVersion, args.Kind) = (apiVersion, kind);
        return args;
    }

    /// <param name="options">The caller's options; what they say wins.</param>
    /// <param name="id">The object to read, or empty to declare one.</param>
    /// <param name="formerTypes">Type tokens that the kind had under earlier API versions.</param>
    private protected static CustomResourceOptions MakeOptions(CustomResourceOptions? options, Input<string> id, params string[] formerTypes)
    {
        var defaults = new CustomResourceOptions
        {
            Version = PackageVersion.Value,
            Aliases = [.. formerTypes.Select(type => (Input<Alias>)new Alias { Type = type })],
        };
        var merged = CustomResourceOptions.Merge(defaults, options);
        merged.Id = id;
        return merged;
    }
}

internal interface IKubernetesObjectArgs
{
    Input<string>? ApiVersion { get; set; }

    Input<string>? Kind { get; set; }
}

internal sealed class KubernetesResourceTypeAttribute(string type) : ResourceTypeAttribute(type, PackageVersion.Value);

internal static class PackageVersion
{
    public const string Value = "4.34.2";
}
