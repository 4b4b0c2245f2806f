using Pulumi;
using Pulumi.Aws.Ec2;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>Declares the two kinds of subnets, with the tags by which load balancers find theirs (EKS user guide, "tag-subnets-auto").</summary>
internal static class Subnets
{
    /// <summary>The tag of a subnet for internet-facing load balancers.</summary>
    public const string LoadBalancerTag = "kubernetes.io/role/elb";

    /// <summary>The tag of a subnet for internal load balancers.</summary>
    public const string InternalLoadBalancerTag = "kubernetes.io/role/internal-elb";

    public static Subnet Public(string name, EksPlan plan, Vpc vpc, ZoneSubnets blocks, Output<string> zone, CustomResourceOptions options) =>
        Declare(name, plan, vpc, blocks.Public.ToString(), zone, LoadBalancerTag, options);

    public static Subnet Private(string name, EksPlan plan, Vpc vpc, ZoneSubnets blocks, Output<string> zone, CustomResourceOptions options) =>
        Declare(name, plan, vpc, blocks.Private.ToString(), zone, InternalLoadBalancerTag, options);

    private static Subnet Declare(string name, EksPlan plan, Vpc vpc, string block, Output<string> zone, string role, CustomResourceOptions options)
    {
        // A zone that AWS opens later may come first in the list. Existing subnets must not move then.
        options.IgnoreChanges = ["availabilityZone"];
        var tags = plan.Named(name);
        tags.Add(role, "1");
        return new Subnet(
            name,
            new()
            {
                VpcId = vpc.Id,
                CidrBlock = block,
                AvailabilityZone = zone,
                MapPublicIpOnLaunch = false,
                Tags = tags,
            },
            options);
    }
}
