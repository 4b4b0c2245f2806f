using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Eks.Identity;

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
