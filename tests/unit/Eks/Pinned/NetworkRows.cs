namespace GopherMesh.Tests.Unit.Eks.Pinned;

/// <summary>The network.</summary>
internal static class NetworkRows
{
    public static TheoryData<string, string, string> All => new()
    {
        { "Vpc cluster", "cidrBlock", "\"10.7.0.0/16\"" },
        { "Vpc cluster", "enableDnsSupport", "true" },
        { "Vpc cluster", "enableDnsHostnames", "true" },
        { "DefaultSecurityGroup cluster", "vpcId", "\"cluster-id\"" },
        { "Subnet cluster-public-2", "tags", """{"Name":"cluster-public-2","kubernetes.io/role/elb":"1"}""" },
        { "Subnet cluster-private-2", "tags", """{"Name":"cluster-private-2","kubernetes.io/role/internal-elb":"1"}""" },
        { "Route cluster-public", "destinationCidrBlock", "\"0.0.0.0/0\"" },
        { "Route cluster-public", "gatewayId", "\"cluster-id\"" },
        { "Route cluster-private-2", "destinationCidrBlock", "\"0.0.0.0/0\"" },
        { "Route cluster-private-2", "natGatewayId", "\"cluster-private-0-id\"" },
        { "NatGateway cluster-private-0", "subnetId", "\"cluster-public-0-id\"" },
        { "Eip cluster-private-0", "domain", "\"vpc\"" },
        { "VpcEndpoint cluster-s3", "routeTableIds", """["cluster-private-0-id","cluster-private-1-id","cluster-private-2-id"]""" },
        { "FlowLog cluster", "trafficType", "\"ALL\"" },
        { "FlowLog cluster", "iamRoleArn", "\"arn:aws:iam:ap-southeast-2:123456789012:cluster-flow-logs\"" },
        { "FlowLog cluster", "logDestination", "\"arn:aws:cloudwatch:ap-southeast-2:123456789012:cluster-flow-logs\"" },
        { "LogGroup cluster-flow-logs", "retentionInDays", "14" },
    };
}
