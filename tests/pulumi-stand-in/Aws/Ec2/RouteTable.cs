using System.Collections.Immutable;

namespace Pulumi.Aws.Ec2;

/// <summary>The routes of the subnets that are associated with it.</summary>
[AwsResourceType("aws:ec2/routeTable:RouteTable")]
public class RouteTable : CustomResource
{
    public RouteTable(string name, RouteTableArgs args, CustomResourceOptions? options = null)
        : base("aws:ec2/routeTable:RouteTable", name, args ?? new RouteTableArgs(), AwsOptions.For(options))
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

public sealed class RouteTableArgs : ResourceArgs
{
    [field: Input("propagatingVgws")]
    public InputList<string> PropagatingVgws { get => field ??= []; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }

    [Input("vpcId", required: true)]
    public Input<string> VpcId { get; set; } = null!;
}
