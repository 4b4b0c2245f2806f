using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Networking.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Pulumi.Kubernetes.Types.Inputs.Networking.V1;

namespace GopherMesh.Infra.Observability;

/// <summary>Who may reach the tools, on a cluster that enforces NetworkPolicies: Prometheus and Jaeger do not authenticate anybody.</summary>
internal static class ToolsPolicy
{
    private const string Name = "tools";

    /// <summary>
    /// The tools may reach each other, and the gophers and the gateway may send spans. A port-forward comes from the pod's own node, which a
    /// policy does not stop (https://kubernetes.io/docs/concepts/services-networking/network-policies/). Egress is open: it goes to the API
    /// server, whose address is not known, to every pod with metrics, and to the server with Istio's dashboards.
    /// </summary>
    public static NetworkPolicy Declare(string gophers, CustomResourceOptions options) => new(
        Name,
        new NetworkPolicyArgs
        {
            Metadata = new ObjectMetaArgs { Name = Name, Namespace = Namespaces.Observability, Annotations = Ownership.Alone },
            Spec = new NetworkPolicySpecArgs
            {
                PodSelector = new LabelSelectorArgs(),
                PolicyTypes = ["Ingress"],
                Ingress =
                {
                    new NetworkPolicyIngressRuleArgs { From = Peers.Namespace(Namespaces.Observability) },
                    new NetworkPolicyIngressRuleArgs
                    {
                        From = { Peers.Namespace(gophers), Peers.Pods(Caller.Gateway.Namespace, Caller.Gateway.Label) },
                        Ports = Peers.Tcp(JaegerValues.OtlpPort),
                    },
                },
            },
        },
        options);
}
