using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Observability;
using GopherMesh.Infra.Settings;
using Pulumi.Kubernetes.Types.Inputs.Networking.V1;

namespace GopherMesh.Infra.Security;

/// <summary>
/// The traffic between a sidecar and what it needs (ports: https://istio.io/latest/docs/ops/deployment/application-requirements/).
/// The kubelet's probes need no rule: a node always reaches its own pods
/// (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
/// </summary>
internal static class ProxyTraffic
{
    private const int Dns = 53;

    /// <summary>Configuration and certificates, over TLS.</summary>
    private const int Istiod = 15012;

    /// <summary>The metrics of Envoy, agent and application together.</summary>
    private const int MergedMetrics = 15020;

    /// <summary>To DNS, istiod and, where there is one, Jaeger, to which gophers and proxies send spans.</summary>
    public static IEnumerable<NetworkPolicyEgressRuleArgs> Egress(ObservabilitySettings observability)
    {
        // To any address: EKS Auto Mode serves DNS on the node itself, where a policy cannot select a pod (aws/containers-roadmap#2552).
        yield return new() { Ports = [Peers.Udp(Dns), Peers.Tcp(Dns)] };
        yield return new() { To = Peers.Pods(Namespaces.Istio, ("app", "istiod")), Ports = Peers.Tcp(Istiod) };
        if (observability.Enabled)
        {
            yield return new() { To = Peers.Namespace(Namespaces.Observability), Ports = Peers.Tcp(JaegerValues.OtlpPort) };
        }
    }

    /// <summary>From Prometheus, where there is one.</summary>
    public static IEnumerable<NetworkPolicyIngressRuleArgs> Ingress(ObservabilitySettings observability) =>
        observability.Enabled ? [new() { From = Peers.Namespace(Namespaces.Observability), Ports = Peers.Tcp(MergedMetrics) }] : [];
}
