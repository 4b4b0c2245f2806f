using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Eks.Identity;

/// <summary>The two roles of an Auto Mode cluster.</summary>
internal static class ClusterRoles
{
    /// <summary>The control plane's role, which may also put our tags on what it creates.</summary>
    public static ServiceRole ForControlPlane(string name, EksSettings eks, ComponentResourceOptions options) => new(
        name, eks.Region, TrustPolicy.For("eks.amazonaws.com", "sts:TagSession"), ManagedPolicies.ForCluster, CustomTags.Policy, options);

    /// <summary>The nodes' role.</summary>
    public static ServiceRole ForNodes(string name, EksSettings eks, ComponentResourceOptions options) => new(
        name, eks.Region, TrustPolicy.For("ec2.amazonaws.com"), ManagedPolicies.ForNodes, inlinePolicy: null, options);
}
