using System.Collections.Immutable;
using GopherMesh.Infra.Settings;
using Pulumi.Kubernetes.Types.Inputs.Networking.V1;

namespace GopherMesh.Infra.Conventions;

/// <summary>
/// The services whose pods have an IAM role, and how such a pod reaches the agent on its node that hands out the role's credentials (EKS user
/// guide, "pod-id-how-it-works"). The agent's address is link-local and no host of the mesh, so the call goes past the proxy and needs a rule of
/// its own in the network.
/// </summary>
internal static class PodIdentity
{
    private const string AgentBlock = "169.254.170.23/32";

    private const int AgentPort = 80;

    /// <summary>Annotations of a pod by which its calls of the agent do not go through its proxy.</summary>
    public static Dictionary<string, string> PodAnnotations() => new() { ["traffic.sidecar.istio.io/excludeOutboundIPRanges"] = AgentBlock };

    /// <summary>What the network lets such a pod do.</summary>
    public static NetworkPolicyEgressRuleArgs Egress() => new()
    {
        To = new NetworkPolicyPeerArgs { IpBlock = new IPBlockArgs { Cidr = AgentBlock } },
        Ports = Peers.Tcp(AgentPort),
    };

    /// <summary>The roles' ARNs by the name of the service, which is also that of its ServiceAccount.</summary>
    public static ImmutableSortedDictionary<string, string> RolesOf(GopherSettings gophers) =>
        new[] { (Service: Names.Requester, Role: gophers.RequesterRoleArn), (Service: Names.Distributor, Role: gophers.DistributorRoleArn) }
            .Where(service => service.Role is not null)
            .ToImmutableSortedDictionary(service => service.Service, service => service.Role!, StringComparer.Ordinal);
}
