using System.Collections.Immutable;

namespace Pulumi.Aws.Ec2;

/// <summary>A public IPv4 address of one's own.</summary>
[AwsResourceType("aws:ec2/eip:Eip")]
public class Eip : CustomResource
{
    public Eip(string name, EipArgs? args = null, CustomResourceOptions? options = null)
        : base("aws:ec2/eip:Eip", name, args ?? new EipArgs(), AwsOptions.For(options))
    {
    }

    [Output("allocationId")]
    public Output<string> AllocationId { get; private set; } = null!;

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("domain")]
    public Output<string> Domain { get; private set; } = null!;

    [Output("publicDns")]
    public Output<string> PublicDns { get; private set; } = null!;

    [Output("publicIp")]
    public Output<string> PublicIp { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;
}

public sealed class EipArgs : ResourceArgs
{
    [Input("domain")]
    public Input<string>? Domain { get; set; }

    [Input("instance")]
    public Input<string>? Instance { get; set; }

    [Input("networkInterface")]
    public Input<string>? NetworkInterface { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }
}
