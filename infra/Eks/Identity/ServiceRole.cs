using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Iam;

namespace GopherMesh.Infra.Eks.Identity;

/// <summary>The two roles of an Auto Mode cluster.</summary>
internal static class ClusterRoles
{
    /// <summary>The control plane's role, which may also put our tags on what it creates; for the account of the resource whose ARN is given.</summary>
    public static ServiceRole ForControlPlane(string name, EksSettings eks, Output<string> accountOf, ComponentResourceOptions options) => new(
        name, eks, eks.Credentials.RolePath, TrustPolicy.For("eks.amazonaws.com", accountOf, "sts:TagSession"), ManagedPolicies.ForCluster, CustomTags.Policy, options);

    /// <summary>The nodes' role. Without a path: Auto Mode looks for its access entry by the role's name alone (aws/containers-roadmap#2486).</summary>
    public static ServiceRole ForNodes(string name, EksSettings eks, ComponentResourceOptions options) => new(
        name, eks, "/", TrustPolicy.ForInstances(), ManagedPolicies.ForNodes, inlinePolicy: null, options);
}

/// <summary>
/// A role that an AWS service assumes, with all its policies. What depends on this component depends on every policy, so that at destroy
/// the service keeps its permissions until the resources that it manages are gone.
/// </summary>
internal sealed class ServiceRole : ComponentResource
{
    public ServiceRole(
        string name, EksSettings eks, string path, Input<string> trustPolicy, IReadOnlyList<string> managedPolicies, string? inlinePolicy, ComponentResourceOptions options)
        : base("gopher-mesh:eks:ServiceRole", name, options)
    {
        Role = new Role(name, Bounded(eks.Credentials, path, trustPolicy), new() { Parent = this });
        foreach (var policy in managedPolicies)
        {
            _ = new RolePolicyAttachment(
                $"{name}-{policy}", new() { Role = Role.Name, PolicyArn = ManagedPolicies.Arn(eks.Region, policy) }, new() { Parent = this });
        }

        if (inlinePolicy is not null)
        {
            _ = new RolePolicy(name, new() { Role = Role.Name, Policy = inlinePolicy }, new() { Parent = this });
        }

        RegisterOutputs();
    }

    /// <summary>The role itself.</summary>
    public Role Role { get; }

    /// <summary>A role within the bounds that an organisation sets. What is left at its default is not named, so that nothing changes.</summary>
    internal static RoleArgs Bounded(AwsCredentials credentials, string path, Input<string> trustPolicy)
    {
        var args = new RoleArgs { AssumeRolePolicy = trustPolicy };
        if (path != "/")
        {
            args.Path = path;
        }

        if (credentials.PermissionsBoundary is { } boundary)
        {
            args.PermissionsBoundary = boundary;
        }

        return args;
    }
}

/// <summary>AWS's own policies that EKS Auto Mode needs.</summary>
internal static class ManagedPolicies
{
    /// <summary>What the control plane does for the stack: nodes, volumes, load balancers, network (EKS user guide, "auto-cluster-iam-role").</summary>
    public static IReadOnlyList<string> ForCluster { get; } =
    [
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
    ];

    /// <summary>What a node may do by itself: join the cluster and pull images (EKS user guide, "auto-create-node-role").</summary>
    public static IReadOnlyList<string> ForNodes { get; } = ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"];

    /// <summary>An IAM policy's ARN.</summary>
    public static string Arn(string region, string policy) => $"arn:{Region.Partition(region)}:iam::aws:policy/{policy}";

    /// <summary>An EKS access policy's ARN (EKS user guide, "access-policy-permissions").</summary>
    public static string AccessPolicyArn(string region, string policy) =>
        $"arn:{Region.Partition(region)}:eks::aws:cluster-access-policy/{policy}";
}

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
