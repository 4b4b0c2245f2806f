using GopherMesh.Infra.Eks.Identity;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Iam;

namespace GopherMesh.Infra.Eks.Network;

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
