using Pulumi;
using Pulumi.Aws.Ec2;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>
/// A VPC of the stack's own: a public and a private subnet in each zone, the way out through NAT, and a default security group that
/// lets nothing through. What depends on this component depends on every route in it.
/// </summary>
internal sealed class ClusterNetwork : ComponentResource
{
    /// <summary>The VPC's ID.</summary>
    public Output<string> VpcId { get; }

    /// <summary>Subnets of internet-facing load balancers, one a zone.</summary>
    public IReadOnlyList<Subnet> PublicSubnets { get; }

    /// <summary>Subnets of nodes, pods and internal load balancers, one a zone.</summary>
    public IReadOnlyList<Subnet> PrivateSubnets { get; }

    public ClusterNetwork(string name, EksPlan plan, ComponentResourceOptions options)
        : base("gopher-mesh:eks:Network", name, options)
    {
        var blocks = plan.Network.Zones;
        var zones = AvailabilityZoneNames.LookUp(plan.Settings.Region, blocks.Count, new InvokeOptions { Parent = this });

        // Auto Mode's nodes and the private API endpoint are found by name.
        var vpc = new Vpc(
            name,
            new() { CidrBlock = plan.Network.Vpc.ToString(), EnableDnsSupport = true, EnableDnsHostnames = true, Tags = Named(name) },
            Child());
        VpcId = vpc.Id;

        // AWS creates this group with the VPC and cannot delete it; declared without rules, it is emptied (VPC user guide, "default-security-group").
        _ = new DefaultSecurityGroup(name, new() { VpcId = vpc.Id, Tags = Named($"{name}-default-closed") }, Child());

        PublicSubnets = [.. blocks.Select((zone, index) => Subnets.Public($"{name}-public-{index}", vpc, zone, zones.GetAt(index), Child()))];
        PrivateSubnets = [.. blocks.Select((zone, index) => Subnets.Private($"{name}-private-{index}", vpc, zone, zones.GetAt(index), Child()))];
        SubnetRoutes.Declare(name, plan, vpc, PublicSubnets, PrivateSubnets, Child);
        FlowLogs.Declare(name, plan, vpc, Child);
        RegisterOutputs();
    }

    private CustomResourceOptions Child() => new() { Parent = this };

    /// <summary>The tag by which the AWS console lists a resource.</summary>
    internal static InputMap<string> Named(string name) => new() { ["Name"] = name };
}
