namespace GopherMesh.Tests.Unit.Eks.Pinned;

/// <summary>Who may take on which role, and what it may do.</summary>
internal static class IdentityRows
{
    private const string OfThisCluster =
        """ "StringEquals":{"aws:RequestTag/eks:eks-cluster-name":"${aws:PrincipalTag/eks:eks-cluster-name}"} """;

    private static readonly (string Role, string Policy)[] Managed =
    [
        ("cluster", "AmazonEKSClusterPolicy"), ("cluster", "AmazonEKSComputePolicy"), ("cluster", "AmazonEKSBlockStoragePolicy"),
        ("cluster", "AmazonEKSLoadBalancingPolicy"), ("cluster", "AmazonEKSNetworkingPolicy"),
        ("nodes", "AmazonEKSWorkerNodeMinimalPolicy"), ("nodes", "AmazonEC2ContainerRegistryPullOnly"),
    ];

    public static TheoryData<string, string, string> All
    {
        get
        {
            var rows = new TheoryData<string, string, string>
            {
                // Without TagSession EKS Auto Mode cannot say for which cluster it acts (EKS user guide, "auto-cluster-iam-role").
                { "Role cluster-cluster", "assumeRolePolicy", Trust("eks.amazonaws.com", "sts:TagSession") },
                { "Role cluster-nodes", "assumeRolePolicy", Trust("ec2.amazonaws.com") },
                { "Role cluster-flow-logs", "assumeRolePolicy", Trust("vpc-flow-logs.amazonaws.com") },
                {
                    "RolePolicy cluster-flow-logs", "policy.Statement", """
                    [{
                      "Effect":"Allow",
                      "Action":["logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogGroups","logs:DescribeLogStreams"],
                      "Resource":"arn:aws:cloudwatch:ap-southeast-2:123456789012:cluster-flow-logs:*"
                    }]
                    """
                },
                { "RolePolicy cluster-cluster", "policy.Version", "\"2012-10-17\"" },
                {
                    "RolePolicy cluster-cluster", "policy.Statement[0]", Tagging(
                        """["ec2:CreateFleet","ec2:RunInstances","ec2:CreateLaunchTemplate"]""",
                        "kubernetes-node-class-name", "kubernetes-node-pool-name")
                },
                { "RolePolicy cluster-cluster", "policy.Statement[1]", Tagging("""["ec2:CreateVolume","ec2:CreateSnapshot"]""") },
                {
                    "RolePolicy cluster-cluster", "policy.Statement[2]",
                    Tagging("""["ec2:CreateNetworkInterface"]""", "kubernetes-cni-node-name")
                },
                {
                    "RolePolicy cluster-cluster", "policy.Statement[3]", Tagging("""
                    [
                      "elasticloadbalancing:CreateLoadBalancer","elasticloadbalancing:CreateTargetGroup",
                      "elasticloadbalancing:CreateListener","elasticloadbalancing:CreateRule","ec2:CreateSecurityGroup"
                    ]
                    """)
                },
            };
            foreach (var (role, policy) in Managed)
            {
                rows.Add($"RolePolicyAttachment cluster-{role}-{policy}", "policyArn", $"\"arn:aws:iam::aws:policy/{policy}\"");
                rows.Add($"RolePolicyAttachment cluster-{role}-{policy}", "role", $"\"cluster-{role}\"");
            }

            return rows;
        }
    }

    private static string Trust(string service, params string[] more)
    {
        var actions = string.Join(',', more.Prepend("sts:AssumeRole").Select(action => $"\"{action}\""));
        var statement = $$"""{"Effect":"Allow","Action":[{{actions}}],"Principal":{"Service":"{{service}}"} }""";
        return $$"""{"Version":"2012-10-17","Statement":[{{statement}}]}""";
    }

    private static string Tagging(string actions, params string[] tags)
    {
        var like = string.Join(',', tags.Select(tag => $"\"aws:RequestTag/eks:{tag}\":\"*\""));
        var more = tags.Length == 0 ? "" : $$""","StringLike":{ {{like}} }""";
        return $$"""{"Effect":"Allow","Action":{{actions}},"Resource":"*","Condition":{ {{OfThisCluster}}{{more}} } }""";
    }
}
