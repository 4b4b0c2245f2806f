using System.Collections.Immutable;

namespace Pulumi.Aws.Ec2;

/// <summary>A part of a VPC in one availability zone.</summary>
[AwsResourceType("aws:ec2/subnet:Subnet")]
public class Subnet : CustomResource
{
    public Subnet(string name, SubnetArgs args, CustomResourceOptions? options = null)
        : base("aws:ec2/subnet:Subnet", name, args ?? new SubnetArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("availabilityZone")]
    public Output<string> AvailabilityZone { get; private set; } = null!;

    [Output("availabilityZoneId")]
    public Output<string> AvailabilityZoneId { get; private set; } = null!;

    [Output("cidrBlock")]
    public Output<string> CidrBlock { get; private set; } = null!;

    [Output("mapPublicIpOnLaunch")]
    public Output<bool?> MapPublicIpOnLaunch { get; private set; } = null!;

    [Output("ownerId")]
    public Output<string> OwnerId { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;

    [Output("vpcId")]
    public Output<string> VpcId { get; private set; } = null!;
}

public sealed class SubnetArgs : ResourceArgs
{
    [Input("assignIpv6AddressOnCreation")]
    public Input<bool>? AssignIpv6AddressOnCreation { get; set; }

    [Input("availabilityZone")]
    public Input<string>? AvailabilityZone { get; set; }

    [Input("availabilityZoneId")]
    public Input<string>? AvailabilityZoneId { get; set; }

    [Input("cidrBlock")]
    public Input<string>? CidrBlock { get; set; }

    [Input("mapPublicIpOnLaunch")]
    public Input<bool>? MapPublicIpOnLaunch { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }

    [Input("vpcId", required: true)]
    public Input<string> VpcId { get; set; } = null!;
}
