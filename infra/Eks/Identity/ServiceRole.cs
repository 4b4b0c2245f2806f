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
    /// <summary>The role itself.</summary>
    public Role Role { get; }

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
