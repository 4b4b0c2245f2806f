using System.Collections.Immutable;
using GopherMesh.Infra.Settings.Parsing;
using GopherMesh.Infra.Settings.Rules;

namespace GopherMesh.Infra.Settings;

/// <summary>The keys of Istio and its ingress gateway.</summary>
public static class MeshKeys
{
    private static readonly ImmutableSortedDictionary<string, string> ServiceTypes =
        new[] { "ClusterIP", "LoadBalancer", "NodePort" }.ToImmutableSortedDictionary(type => type, type => type, StringComparer.Ordinal);

    internal static readonly SettingKey<string> Version = new(
        "istioVersion", SchemaType.Text, "1.31.0", Parse.Text(IstioVersion.Rule),
        "Version of Istio's charts: base, istiod, gateway and, with istioCni, cni.");

    // Off, because it works everywhere: docs/eks.md has what the plugin needs of a node, and what it gives.
    internal static readonly SettingKey<bool> Cni = new(
        "istioCni", SchemaType.Flag, "false", Parse.Flag,
        "Whether Istio's CNI plugin, a privileged DaemonSet, sets up the network of pods instead of a root container in each; the namespace then enforces the Pod Security Standard restricted.");

    internal static readonly SettingKey<ImmutableArray<string>> Hosts = new(
        "gatewayHosts", SchemaType.List, """["*"]""", Parse.List(NameRules.Host),
        "Hosts that the gateway answers to; * means every host, so that a curl of the load balancer's own name works.");

    internal static readonly SettingKey<string> ServiceType = new(
        "gatewayServiceType", SchemaType.Text, "LoadBalancer", Parse.OneOf(ServiceTypes),
        "Type of the gateway's Service on an existing cluster: LoadBalancer, NodePort or ClusterIP (reached by kubectl port-forward).")
    { OnlyOn = ClusterKind.Existing };
}
