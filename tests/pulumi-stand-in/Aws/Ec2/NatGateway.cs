using System.Collections.Immutable;

namespace Pulumi.Aws.Ec2;

/// <summary>The way out for what has no public address.</summary>
[AwsResourceType("aws:ec2/natGateway:NatGateway")]
public class NatGateway : CustomResource
{
    public NatGateway(string name, NatGatewayArgs? args = null, CustomResourceOptions? options = null)
        : base("aws:ec2/natGateway:NatGateway", name, args ?? new NatGatewayArgs(), AwsOptions.For(options))
    {
    }

    [Output("allocationId")]
    public Output<string?> AllocationId { get; private set; } = null!;

    [Output("connectivityType")]
    public Output<string?> ConnectivityType { get; private set; } = null!;

    [Output("privateIp")]
    public Output<string> PrivateIp { get; private set; } = null!;

    [Output("publicIp")]
    public Output<string> PublicIp { get; private set; } = null!;

    [Output("subnetId")]
    public Output<string?> SubnetId { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;
}

public sealed class NatGatewayArgs : ResourceArgs
{
    [Input("allocationId")]
    public Input<string>? AllocationId { get; set; }

    [Input("connectivityType")]
    public Input<string>? ConnectivityType { get; set; }

    [Input("privateIp")]
    public Input<string>? PrivateIp { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [Input("subnetId")]
    public Input<string>? SubnetId { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }
}
