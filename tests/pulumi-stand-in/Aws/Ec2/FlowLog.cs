namespace Pulumi.Aws.Ec2;

/// <summary>A record of a network's connections.</summary>
[AwsResourceType("aws:ec2/flowLog:FlowLog")]
public class FlowLog : CustomResource
{
    public FlowLog(string name, FlowLogArgs? args = null, CustomResourceOptions? options = null)
        : base("aws:ec2/flowLog:FlowLog", name, args ?? new FlowLogArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("iamRoleArn")]
    public Output<string?> IamRoleArn { get; private set; } = null!;

    [Output("logDestination")]
    public Output<string> LogDestination { get; private set; } = null!;

    [Output("logDestinationType")]
    public Output<string?> LogDestinationType { get; private set; } = null!;

    [Output("maxAggregationInterval")]
    public Output<int?> MaxAggregationInterval { get; private set; } = null!;

    [Output("trafficType")]
    public Output<string?> TrafficType { get; private set; } = null!;

    [Output("vpcId")]
    public Output<string?> VpcId { get; private set; } = null!;
}

public sealed class FlowLogArgs : ResourceArgs
{
    [Input("iamRoleArn")]
    public Input<string>? IamRoleArn { get; set; }

    [Input("logDestination")]
    public Input<string>? LogDestination { get; set; }

    [Input("logDestinationType")]
    public Input<string>? LogDestinationType { get; set; }

    [Input("maxAggregationInterval")]
    public Input<int>? MaxAggregationInterval { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }

    [Input("trafficType")]
    public Input<string>? TrafficType { get; set; }

    [Input("vpcId")]
    public Input<string>? VpcId { get; set; }
}
