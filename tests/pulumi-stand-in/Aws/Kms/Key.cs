using System.Collections.Immutable;

namespace Pulumi.Aws.Kms;

/// <summary>An encryption key.</summary>
[AwsResourceType("aws:kms/key:Key")]
public class Key : CustomResource
{
    public Key(string name, KeyArgs? args = null, CustomResourceOptions? options = null)
        : base("aws:kms/key:Key", name, args ?? new KeyArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("description")]
    public Output<string> Description { get; private set; } = null!;

    [Output("enableKeyRotation")]
    public Output<bool?> EnableKeyRotation { get; private set; } = null!;

    [Output("isEnabled")]
    public Output<bool?> IsEnabled { get; private set; } = null!;

    [Output("keyId")]
    public Output<string> KeyId { get; private set; } = null!;

    [Output("policy")]
    public Output<string> Policy { get; private set; } = null!;

    [Output("rotationPeriodInDays")]
    public Output<int> RotationPeriodInDays { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;
}

public sealed class KeyArgs : ResourceArgs
{
    [Input("deletionWindowInDays")]
    public Input<int>? DeletionWindowInDays { get; set; }

    [Input("description")]
    public Input<string>? Description { get; set; }

    [Input("enableKeyRotation")]
    public Input<bool>? EnableKeyRotation { get; set; }

    [Input("isEnabled")]
    public Input<bool>? IsEnabled { get; set; }

    [Input("keyUsage")]
    public Input<string>? KeyUsage { get; set; }

    [Input("multiRegion")]
    public Input<bool>? MultiRegion { get; set; }

    [Input("policy")]
    public Input<string>? Policy { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [Input("rotationPeriodInDays")]
    public Input<int>? RotationPeriodInDays { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }
}
