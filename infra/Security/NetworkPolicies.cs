using System.Collections.Immutable;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Observability;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Networking.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Pulumi.Kubernetes.Types.Inputs.Networking.V1;

namespace GopherMesh.Infra.Security;

/// <summary>
/// The allowed calls as the network checks them, even if a proxy fails: one policy denies all traffic, and the others allow exactly
/// what is needed. Policies add up. Istio's own pods have the policies of their charts.
/// </summary>
internal sealed class NetworkPolicies(
    ObservabilitySettings observability, ImmutableArray<AllowedCall> calls, ImmutableHashSet<string> withAwsRole, GopherNamespace home, Resource parent)
{
    private static LabelSelectorArgs EveryPod => new();

    public IEnumerable<NetworkPolicy> Declare() =>
    [
        Of("default-deny", EveryPod, [], []),
        Of("proxies", EveryPod, ProxyTraffic.Ingress(observability), ProxyTraffic.Egress(observability)),
        .. Services().Select(Service),
    ];

    // The called services, and the callers in the namespace that the policies are for.
    private IEnumerable<string> Services() => calls.Select(call => call.To)
        .Union(calls.Select(call => call.From).Where(caller => caller.Namespace == home.Name).Select(caller => caller.Account));

    private NetworkPolicy Service(string app) => Of(
        app,
        Peers.Labelled((Names.AppLabel, app)),
        calls.Where(call => call.To == app).Select(call => new NetworkPolicyIngressRuleArgs
        {
            From = Peers.Pods(call.From.Namespace, call.From.Label),
            Ports = Peers.Tcp(Names.ContainerPort),
        }),
        calls.Where(call => call.From == Caller.Service(app, home.Name)).Select(call => new NetworkPolicyEgressRuleArgs
        {
            To = Peers.Pods(home.Name, (Names.AppLabel, call.To)),
            Ports = Peers.Tcp(Names.ContainerPort),
        }).Concat(withAwsRole.Contains(app) ? [PodIdentity.Egress()] : []));

    private NetworkPolicy Of(
        string name, LabelSelectorArgs pods, IEnumerable<NetworkPolicyIngressRuleArgs> ingress, IEnumerable<NetworkPolicyEgressRuleArgs> egress)
    {
        var spec = new NetworkPolicySpecArgs { PodSelector = pods, PolicyTypes = ["Ingress", "Egress"] };

        // Added one by one: Kubernetes drops an empty list, and every preview would show it as a change.
        foreach (var rule in ingress)
        {
            spec.Ingress.Add(rule);
        }

        foreach (var rule in egress)
        {
            spec.Egress.Add(rule);
        }

        return new(
            name,
            new NetworkPolicyArgs { Metadata = home.Metadata(name), Spec = spec },
            new() { Parent = parent, DependsOn = [home.Resource] });
    }
}

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
