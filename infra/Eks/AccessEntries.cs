using GopherMesh.Infra.Eks.Identity;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Eks.Inputs;
using Pulumi.Eks;
using Pulumi.Eks.Inputs;

namespace GopherMesh.Infra.Eks;

/// <summary>Who may use the cluster's API: the nodes, and the principals that the settings name.</summary>
internal static class AccessEntries
{
    public static Dictionary<string, AccessEntryArgs> For(EksSettings eks, Output<string> nodeRoleArn)
    {
        // EKS writes this entry by itself only for its own node pools (EKS user guide, "create-node-class").
        var entries = new Dictionary<string, AccessEntryArgs> { [AccessGrant.NodesEntry] = Entry(eks.Region, nodeRoleArn, "AmazonEKSAutoNodePolicy", []) };
        entries[AccessGrant.NodesEntry].Type = AccessEntryType.EC2;
        foreach (var (name, grant) in eks.AccessEntries)
        {
            entries[name] = Entry(eks.Region, grant.PrincipalArn, grant.Policy, grant.Namespaces);
        }

        return entries;
    }

    private static AccessEntryArgs Entry(string region, Input<string> principal, string policy, IReadOnlyList<string> namespaces) => new()
    {
        PrincipalArn = principal,
        AccessPolicies = new()
        {
            [policy] = new AccessPolicyAssociationArgs
            {
                PolicyArn = ManagedPolicies.AccessPolicyArn(region, policy),
                AccessScope = namespaces.Count == 0
                    ? new AccessPolicyAssociationAccessScopeArgs { Type = "cluster" }
                    : new AccessPolicyAssociationAccessScopeArgs { Type = "namespace", Namespaces = [.. namespaces] },
            },
        },
    };
}
