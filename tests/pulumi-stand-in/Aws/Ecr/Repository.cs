using System.Collections.Immutable;

namespace Pulumi.Aws.Ecr;

/// <summary>A repository of container images.</summary>
[AwsResourceType("aws:ecr/repository:Repository")]
public class Repository : CustomResource
{
    public Repository(string name, RepositoryArgs? args = null, CustomResourceOptions? options = null)
        : base("aws:ecr/repository:Repository", name, args ?? new RepositoryArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("forceDelete")]
    public Output<bool?> ForceDelete { get; private set; } = null!;

    [Output("imageTagMutability")]
    public Output<string?> ImageTagMutability { get; private set; } = null!;

    [Output("name")]
    public Output<string> Name { get; private set; } = null!;

    [Output("registryId")]
    public Output<string> RegistryId { get; private set; } = null!;

    [Output("repositoryUrl")]
    public Output<string> RepositoryUrl { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;
}

public sealed class RepositoryArgs : ResourceArgs
{
    [field: Input("encryptionConfigurations")]
    public InputList<Inputs.RepositoryEncryptionConfigurationArgs> EncryptionConfigurations { get => field ??= []; set; }

    [Input("forceDelete")]
    public Input<bool>? ForceDelete { get; set; }

    [Input("imageScanningConfiguration")]
    public Input<Inputs.RepositoryImageScanningConfigurationArgs>? ImageScanningConfiguration { get; set; }

    [Input("imageTagMutability")]
    public Input<string>? ImageTagMutability { get; set; }

    [field: Input("imageTagMutabilityExclusionFilters")]
    public InputList<Inputs.RepositoryImageTagMutabilityExclusionFilterArgs> ImageTagMutabilityExclusionFilters { get => field ??= []; set; }

    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }
}
