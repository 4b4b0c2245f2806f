using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Iam;

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

/// <summary>
/// A role that an AWS service takes on, whole: who depends on this component depends on every policy of it, so that at destroy the
/// service keeps its rights until what it looks after is gone.
/// </summary>
internal sealed class ServiceRole : ComponentResource
{
    /// <summary>The role itself.</summary>
    public Role Role { get; }

    public ServiceRole(
        string name, string region, string trustPolicy, IReadOnlyList<string> managedPolicies, string? inlinePolicy, ComponentResourceOptions options)
        : base("gopher-mesh:eks:ServiceRole", name, options)
    {
        Role = new Role(name, new() { AssumeRolePolicy = trustPolicy }, new() { Parent = this });
        foreach (var policy in managedPolicies)
        {
            _ = new RolePolicyAttachment(
                $"{name}-{policy}", new() { Role = Role.Name, PolicyArn = ManagedPolicies.Arn(region, policy) }, new() { Parent = this });
        }

        if (inlinePolicy is not null)
        {
            _ = new RolePolicy(name, new() { Role = Role.Name, Policy = inlinePolicy }, new() { Parent = this });
        }

        RegisterOutputs();
    }
}
