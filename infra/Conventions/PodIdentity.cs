using System.Collections.Immutable;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Conventions;

/// <summary>
/// The services whose pods have an IAM role, and how such a pod reaches the agent on its node that hands out the role's credentials (EKS user
/// guide, "pod-id-how-it-works"). The agent's address is link-local and no host of the mesh, so the call goes past the proxy and needs a rule of
/// its own in the network.
/// </summary>
internal static class PodIdentity
{
    /// <summary>The agent's address, as a block.</summary>
    public const string AgentBlock = "169.254.170.23/32";

    /// <summary>The agent's port.</summary>
    public const int AgentPort = 80;

    /// <summary>The roles' ARNs by the name of the service, which is also that of its ServiceAccount.</summary>
    public static ImmutableSortedDictionary<string, string> RolesOf(GopherSettings gophers) =>
        new[] { (Service: Names.Requester, Role: gophers.RequesterRoleArn), (Service: Names.Distributor, Role: gophers.DistributorRoleArn) }
            .Where(service => service.Role is not null)
            .ToImmutableSortedDictionary(service => service.Service, service => service.Role!, StringComparer.Ordinal);
}
