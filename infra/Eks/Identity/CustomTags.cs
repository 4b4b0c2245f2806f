namespace GopherMesh.Infra.Eks.Identity;

/// <summary>
/// Lets Auto Mode tag what it creates with tags of ours, which AWS's managed policies do not (EKS user guide, "auto-learn-iam", Custom AWS
/// tags for EKS Auto resources). Each statement is bound to the cluster by a tag that EKS itself sets.
/// </summary>
internal static class CustomTags
{
    private const string RequestTag = "aws:RequestTag/eks:";

    private static readonly IReadOnlyDictionary<string, string> OfThisCluster = new Dictionary<string, string>
    {
        [$"{RequestTag}eks-cluster-name"] = "${aws:PrincipalTag/eks:eks-cluster-name}",
    };

    /// <summary>The policy as JSON.</summary>
    public static string Policy { get; } = new PolicyDocument(
    [
        Creating(["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate"], "kubernetes-node-class-name", "kubernetes-node-pool-name"),
        Creating(["ec2:CreateVolume", "ec2:CreateSnapshot"]),
        Creating(["ec2:CreateNetworkInterface"], "kubernetes-cni-node-name"),
        Creating(
        [
            "elasticloadbalancing:CreateLoadBalancer",
            "elasticloadbalancing:CreateTargetGroup",
            "elasticloadbalancing:CreateListener",
            "elasticloadbalancing:CreateRule",
            "ec2:CreateSecurityGroup",
        ]),
    ]).ToString();

    private static PolicyStatement Creating(IReadOnlyList<string> actions, params IReadOnlyList<string> tagsThatMustBeThere)
    {
        var condition = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["StringEquals"] = OfThisCluster };
        if (tagsThatMustBeThere.Count > 0)
        {
            condition["StringLike"] = tagsThatMustBeThere.ToDictionary(tag => RequestTag + tag, _ => "*");
        }

        return new() { Action = actions, Resource = "*", Condition = condition };
    }
}
