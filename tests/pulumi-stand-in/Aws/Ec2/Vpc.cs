using System.Collections.Immutable;

namespace Pulumi.Aws.Ec2;

/// <summary>A virtual network.</summary>
[AwsResourceType("aws:ec2/vpc:Vpc")]
public class Vpc : CustomResource
{
    public Vpc(string name, VpcArgs? args = null, CustomResourceOptions? options = null)
        : base("aws:ec2/vpc:Vpc", name, args ?? new VpcArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("cidrBlock")]
    public Output<string> CidrBlock { get; private set; } = null!;

    [Output("defaultNetworkAclId")]
    public Output<string> DefaultNetworkAclId { get; private set; } = null!;

    [Output("defaultRouteTableId")]
    public Output<string> DefaultRouteTableId { get; private set; } = null!;

    [Output("defaultSecurityGroupId")]
    public Output<string> DefaultSecurityGroupId { get; private set; } = null!;

    [Output("enableDnsHostnames")]
    public Output<bool> EnableDnsHostnames { get; private set; } = null!;

    [Output("enableDnsSupport")]
    public Output<bool?> EnableDnsSupport { get; private set; } = null!;

    [Output("mainRouteTableId")]
    public Output<string> MainRouteTableId { get; private set; } = null!;

    [Output("ownerId")]
    public Output<string> OwnerId { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;
}

public sealed class VpcArgs : ResourceArgs
{
    [Input("cidrBlock")]
    public Input<string>? CidrBlock { get; set; }

    [Input("enableDnsHostnames")]
    public Input<bool>? EnableDnsHostnames { get; set; }

    [Input("enableDnsSupport")]
    public Input<bool>? EnableDnsSupport { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }
}
