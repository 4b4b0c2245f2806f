namespace Pulumi.Aws;

/// <summary>One account and region, with the credentials for them.</summary>
[AwsResourceType("pulumi:providers:aws")]
public class Provider : ProviderResource
{
    public Provider(string name, ProviderArgs? args = null, CustomResourceOptions? options = null)
        : base("aws", name, args ?? new ProviderArgs(), MakeOptions(options))
    {
    }

    [Output("profile")]
    public Output<string?> Profile { get; private set; } = null!;

    [Output("region")]
    public Output<string?> Region { get; private set; } = null!;

    private static CustomResourceOptions MakeOptions(CustomResourceOptions? options)
    {
        var defaults = new CustomResourceOptions
        {
            Version = AwsOptions.Version,
            AdditionalSecretOutputs = ["accessKey", "secretKey", "token"],
        };
        var merged = CustomResourceOptions.Merge(defaults, options);
        merged.Id = "";
        return merged;
    }
}

public sealed class ProviderArgs : ResourceArgs
{
    public ProviderArgs()
    {
        Region = (Environment.GetEnvironmentVariable("AWS_REGION") ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION"))!;
        SkipCredentialsValidation = false;
        SkipRegionValidation = true;
    }

    [field: Input("allowedAccountIds", json: true)]
    public InputList<string> AllowedAccountIds { get => field ??= []; set; }

    [Input("defaultTags", json: true)]
    public Input<Inputs.ProviderDefaultTagsArgs>? DefaultTags { get; set; }

    [Input("profile")]
    public Input<string>? Profile { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [Input("skipCredentialsValidation", json: true)]
    public Input<bool>? SkipCredentialsValidation { get; set; }

    [Input("skipRegionValidation", json: true)]
    public Input<bool>? SkipRegionValidation { get; set; }
}
