using System.Collections.Immutable;

namespace Pulumi.Aws.Ec2;

/// <summary>The security group that comes with a VPC; it is adopted, not created.</summary>
[AwsResourceType("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")]
public class DefaultSecurityGroup : CustomResource
{
    public DefaultSecurityGroup(string name, DefaultSecurityGroupArgs? args = null, CustomResourceOptions? options = null)
        : base("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", name, args ?? new DefaultSecurityGroupArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("name")]
    public Output<string> Name { get; private set; } = null!;

    [Output("ownerId")]
    public Output<string> OwnerId { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;

    [Output("vpcId")]
    public Output<string> VpcId { get; private set; } = null!;
}

public sealed class DefaultSecurityGroupArgs : ResourceArgs
{
    [Input("region")]
    public Input<string>? Region { get; set; }

    [Input("revokeRulesOnDelete")]
    public Input<bool>? RevokeRulesOnDelete { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }

    [Input("vpcId")]
    public Input<string>? VpcId { get; set; }
}
