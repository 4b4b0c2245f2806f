using System.Collections.Immutable;

namespace Pulumi.Aws.Ec2;

/// <summary>A private way to a service of AWS.</summary>
[AwsResourceType("aws:ec2/vpcEndpoint:VpcEndpoint")]
public class VpcEndpoint : CustomResource
{
    public VpcEndpoint(string name, VpcEndpointArgs args, CustomResourceOptions? options = null)
        : base("aws:ec2/vpcEndpoint:VpcEndpoint", name, args ?? new VpcEndpointArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("prefixListId")]
    public Output<string> PrefixListId { get; private set; } = null!;

    [Output("routeTableIds")]
    public Output<ImmutableArray<string>> RouteTableIds { get; private set; } = null!;

    [Output("serviceName")]
    public Output<string?> ServiceName { get; private set; } = null!;

    [Output("state")]
    public Output<string> State { get; private set; } = null!;

    [Output("vpcEndpointType")]
    public Output<string?> VpcEndpointType { get; private set; } = null!;

    [Output("vpcId")]
    public Output<string> VpcId { get; private set; } = null!;
}

public sealed class VpcEndpointArgs : ResourceArgs
{
    [Input("autoAccept")]
    public Input<bool>? AutoAccept { get; set; }

    [Input("policy")]
    public Input<string>? Policy { get; set; }

    [Input("privateDnsEnabled")]
    public Input<bool>? PrivateDnsEnabled { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [field: Input("routeTableIds")]
    public InputList<string> RouteTableIds { get => field ??= []; set; }

    [field: Input("securityGroupIds")]
    public InputList<string> SecurityGroupIds { get => field ??= []; set; }

    [Input("serviceName")]
    public Input<string>? ServiceName { get; set; }

    [field: Input("subnetIds")]
    public InputList<string> SubnetIds { get => field ??= []; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }

    [Input("vpcEndpointType")]
    public Input<string>? VpcEndpointType { get; set; }

    [Input("vpcId", required: true)]
    public Input<string> VpcId { get; set; } = null!;
}
