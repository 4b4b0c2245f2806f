namespace Pulumi.Aws.Ec2;

/// <summary>Which table a subnet's routes come from.</summary>
[AwsResourceType("aws:ec2/routeTableAssociation:RouteTableAssociation")]
public class RouteTableAssociation : CustomResource
{
    public RouteTableAssociation(string name, RouteTableAssociationArgs args, CustomResourceOptions? options = null)
        : base("aws:ec2/routeTableAssociation:RouteTableAssociation", name, args ?? new RouteTableAssociationArgs(), AwsOptions.For(options))
    {
    }

    [Output("routeTableId")]
    public Output<string> RouteTableId { get; private set; } = null!;

    [Output("subnetId")]
    public Output<string?> SubnetId { get; private set; } = null!;
}

public sealed class RouteTableAssociationArgs : ResourceArgs
{
    [Input("gatewayId")]
    public Input<string>? GatewayId { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [Input("routeTableId", required: true)]
    public Input<string> RouteTableId { get; set; } = null!;

    [Input("subnetId")]
    public Input<string>? SubnetId { get; set; }
}
