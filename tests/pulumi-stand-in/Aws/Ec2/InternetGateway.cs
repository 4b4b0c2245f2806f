using System.Collections.Immutable;

namespace Pulumi.Aws.Ec2;

/// <summary>A VPC's door to the internet.</summary>
[AwsResourceType("aws:ec2/internetGateway:InternetGateway")]
public class InternetGateway : CustomResource
{
    public InternetGateway(string name, InternetGatewayArgs? args = null, CustomResourceOptions? options = null)
        : base("aws:ec2/internetGateway:InternetGateway", name, args ?? new InternetGatewayArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("ownerId")]
    public Output<string> OwnerId { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;

    [Output("vpcId")]
    public Output<string> VpcId { get; private set; } = null!;
}

public sealed class InternetGatewayArgs : ResourceArgs
{
    [Input("region")]
    public Input<string>? Region { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }

    [Input("vpcId")]
    public Input<string>? VpcId { get; set; }
}
