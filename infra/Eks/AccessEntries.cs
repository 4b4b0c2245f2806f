using System.Text.Json.Nodes;
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

/// <summary>Checks who can reach the Kubernetes API.</summary>
public static class ApiAccess
{
    private const string Remedy =
        "name the addresses that may reach the Kubernetes API, or pulumi up can make nothing in the cluster: "
        + "pulumi config set --path 'apiAllowedCidrs[0]' \"$(curl -s https://checkip.amazonaws.com)/32\"; "
        + "where pulumi runs inside the network: pulumi config set apiPrivate true";

    /// <summary>The error of the setting to change if nobody could reach the API; null if somebody can.</summary>
    public static SettingError? LockedOut(EksSettings eks) =>
        eks is { ApiPrivate: false, ApiAllowedCidrs.IsEmpty: true } ? new(EksSettings.ApiAllowedCidrsKey.FullName, "[]", Remedy) : null;

    /// <summary>The warning about the allowed blocks, if nothing is deployed or somebody can reach the API; null if there is nothing to warn of.</summary>
    public static string? WarningFor(EksSettings eks) =>
        LockedOut(eks) is not null ? $"apiAllowedCidrs is empty, which pulumi up refuses: {Remedy}"
        : eks.ApiAllowedCidrs.FirstOrDefault(Cidr.IsWholeInternet) is { } open
            ? $"apiAllowedCidrs has {open}: the whole internet may try the Kubernetes API. Name your own addresses instead."
        : eks is { ApiPrivate: true, Network.VpcId: null }
            ? "apiPrivate closes the API of a network that the stack makes itself, which nothing reaches before a first pulumi up: begin with "
                + "apiAllowedCidrs, and set apiPrivate when there is a way into the network, or name a network that has one (vpcId)."
        : null;
}

/// <summary>The credentials with which a kubeconfig gets its tokens.</summary>
public static class KubeconfigCredentials
{
    /// <summary>
    /// The kubeconfig whose <c>aws eks get-token</c> uses only the credentials of the profile and assumes the role that created the cluster.
    /// The component's own way (<c>GetKubeconfig</c>, AWS_PROFILE) is not used: access keys in the environment take precedence over it (AWS
    /// CLI user guide, "cli-configure-envvars"), but the provider that created the cluster ignored them.
    /// </summary>
    /// <param name="kubeconfig">A kubeconfig as JSON, whose users call the aws command.</param>
    /// <param name="credentials">The profile and the role; without either the kubeconfig stays unchanged.</param>
    public static string Set(string kubeconfig, AwsCredentials credentials)
    {
        if (credentials is { Profile: null, Role: null } || JsonNode.Parse(kubeconfig) is not { } parsed)
        {
            return kubeconfig;
        }

        foreach (var user in parsed["users"]?.AsArray() ?? [])
        {
            if (user?["user"]?["exec"]?["args"] is JsonArray arguments)
            {
                Add(arguments, "--profile", credentials.Profile);
                Add(arguments, "--role-arn", credentials.Role?.Arn);
            }
        }

        return parsed.ToJsonString();
    }

    private static void Add(JsonArray arguments, string option, string? value)
    {
        if (value is not null)
        {
            arguments.Add(option);
            arguments.Add(value);
        }
    }
}
