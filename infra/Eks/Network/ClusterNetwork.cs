using System.Collections.Immutable;
using Pulumi;
using Pulumi.Aws.Ec2;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>
/// The network of the cluster: one of the stack's own (a public and a private subnet in each zone, NAT, and a default security group that
/// blocks everything), or an existing one, which is checked. What depends on this component depends on every route in it.
/// </summary>
internal sealed class ClusterNetwork : ComponentResource
{
    /// <summary>The VPC's ID.</summary>
    public Output<string> VpcId { get; }

    /// <summary>Subnets of internet-facing load balancers, one a zone; none in an existing network whose load balancer is internal.</summary>
    public ImmutableArray<Output<string>> PublicSubnetIds { get; }

    /// <summary>Subnets of nodes, pods and internal load balancers, one a zone.</summary>
    public ImmutableArray<Output<string>> PrivateSubnetIds { get; }

    public ClusterNetwork(string name, EksPlan plan, ComponentResourceOptions options)
        : base("gopher-mesh:eks:Network", name, options)
    {
        (VpcId, PrivateSubnetIds, PublicSubnetIds) = plan.Network is { } blocks
            ? Make(name, plan, blocks)
            : ExistingNetwork.Find(name, plan.Settings.Network, Child);
        RegisterOutputs();
    }

    private (Output<string> Vpc, ImmutableArray<Output<string>> Private, ImmutableArray<Output<string>> Public) Make(string name, EksPlan plan, NetworkPlan blocks)
    {
        var zones = AvailabilityZoneNames.LookUp(plan.Settings.Region, blocks.Zones.Count, new InvokeOptions { Parent = this });

        // Auto Mode's nodes and the private API endpoint need DNS names.
        var vpc = new Vpc(
            name,
            new() { CidrBlock = blocks.Vpc.ToString(), EnableDnsSupport = true, EnableDnsHostnames = true, Tags = plan.Named(name) },
            Child());

        // AWS creates this group with the VPC and cannot delete it; declared without rules, it is emptied (VPC user guide, "default-security-group").
        _ = new DefaultSecurityGroup(name, new() { VpcId = vpc.Id, Tags = plan.Named($"{name}-default-closed") }, Child());

        Subnet[] publicOnes = [.. blocks.Zones.Select((zone, index) => Subnets.Public($"{name}-public-{index}", plan, vpc, zone, zones.GetAt(index), Child()))];
        Subnet[] privateOnes = [.. blocks.Zones.Select((zone, index) => Subnets.Private($"{name}-private-{index}", plan, vpc, zone, zones.GetAt(index), Child()))];
        SubnetRoutes.Declare(name, plan, vpc, publicOnes, privateOnes, Child);
        FlowLogs.Declare(name, plan, vpc, Child);
        return (vpc.Id, [.. privateOnes.Select(subnet => subnet.Id)], [.. publicOnes.Select(subnet => subnet.Id)]);
    }

    private CustomResourceOptions Child() => new() { Parent = this };
}
