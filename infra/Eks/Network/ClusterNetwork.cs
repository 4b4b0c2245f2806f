using System.Collections.Immutable;
using GopherMesh.Infra.Eks.Identity;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Iam;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>
/// The network of the cluster: one of the stack's own (a public and a private subnet in each zone, NAT, and a default security group that
/// blocks everything), or an existing one, which is checked. What depends on this component depends on every route in it.
/// </summary>
internal sealed class ClusterNetwork : ComponentResource
{
    public ClusterNetwork(string name, EksPlan plan, ComponentResourceOptions options)
        : base("gopher-mesh:eks:Network", name, options)
    {
        (VpcId, PrivateSubnetIds, PublicSubnetIds) = plan.Network is { } blocks
            ? Make(name, plan, blocks)
            : ExistingNetwork.Find(name, plan.Settings.Network, Child);
        RegisterOutputs();
    }

    /// <summary>The VPC's ID.</summary>
    public Output<string> VpcId { get; }

    /// <summary>Subnets of internet-facing load balancers, one a zone; none in an existing network whose load balancer is internal.</summary>
    public ImmutableArray<Output<string>> PublicSubnetIds { get; }

    /// <summary>Subnets of nodes, pods and internal load balancers, one a zone.</summary>
    public ImmutableArray<Output<string>> PrivateSubnetIds { get; }

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

/// <summary>Records the VPC's connections in CloudWatch, when the settings ask for it (VPC user guide, "flow-logs-cwl").</summary>
internal static class FlowLogs
{
    public static void Declare(string name, EksPlan plan, Vpc vpc, Func<CustomResourceOptions> child)
    {
        if (plan.Settings.Network.FlowLogs == FlowLogTraffic.None)
        {
            return;
        }

        var logs = new LogGroup(
            $"{name}-flow-logs", new() { Name = $"/aws/vpc/{plan.Name}/flow-logs", RetentionInDays = plan.Settings.LogRetentionDays }, child());
        var role = new Role($"{name}-flow-logs", ServiceRole.Bounded(plan.Settings.Credentials, plan.Settings.Credentials.RolePath, TrustPolicy.For("vpc-flow-logs.amazonaws.com", logs.Arn)), child());
        var mayWrite = new RolePolicy($"{name}-flow-logs", new() { Role = role.Id, Policy = logs.Arn.Apply(MayWrite) }, child());

        var onceAllowed = child();
        onceAllowed.DependsOn = [mayWrite];
        _ = new FlowLog(
            name,
            new()
            {
                VpcId = vpc.Id,
                TrafficType = plan.Settings.Network.FlowLogs == FlowLogTraffic.All ? "ALL" : "REJECT",
                LogDestination = logs.Arn,
                IamRoleArn = role.Arn,
            },
            onceAllowed);
    }

    // Without logs:CreateLogGroup, which AWS's example has: the stack owns the group, and a late record must not create it again after a destroy.
    private static string MayWrite(string logGroupArn) => PolicyDocument.Allowing(
        ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"], $"{logGroupArn}:*");
}
