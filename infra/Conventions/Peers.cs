using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Pulumi.Kubernetes.Types.Inputs.Networking.V1;

namespace GopherMesh.Infra.Conventions;

/// <summary>The peers and ports in the rules of NetworkPolicies.</summary>
internal static class Peers
{
    // Kubernetes gives this label to every namespace.
    private const string NamespaceName = "kubernetes.io/metadata.name";

    /// <summary>Every pod of a namespace.</summary>
    public static NetworkPolicyPeerArgs Namespace(string name) => new() { NamespaceSelector = Labelled((NamespaceName, name)) };

    /// <summary>The pods of a namespace that have a label.</summary>
    public static NetworkPolicyPeerArgs Pods(string @namespace, (string Name, string Value) label) => new()
    {
        NamespaceSelector = Labelled((NamespaceName, @namespace)),
        PodSelector = Labelled(label),
    };

    /// <summary>The pods with a label.</summary>
    public static LabelSelectorArgs Labelled((string Name, string Value) label) => new()
    {
        MatchLabels = new InputMap<string> { { label.Name, label.Value } },
    };

    /// <summary>A port of the pod, not of its Service.</summary>
    public static NetworkPolicyPortArgs Tcp(int port) => new() { Port = port, Protocol = "TCP" };

    /// <summary>A port of the pod, not of its Service.</summary>
    public static NetworkPolicyPortArgs Udp(int port) => new() { Port = port, Protocol = "UDP" };
}

/// <summary>Who calls a service. Proxies recognise a caller by the identity in its certificate, NetworkPolicies by its pods' label.</summary>
/// <param name="Namespace">The namespace of its pods.</param>
/// <param name="Account">Their ServiceAccount.</param>
/// <param name="Label">The label, by name and value, that all of its pods have.</param>
public sealed record Caller(string Namespace, string Account, (string Name, string Value) Label)
{
    // Istio's default; it is the first part of every identity that istiod signs.
    private const string TrustDomain = "cluster.local";

    /// <summary>The ingress gateway. Its chart gives the ServiceAccount the release's name.</summary>
    public static Caller Gateway { get; } = new(Namespaces.Istio, Names.GatewayRelease, ("istio", Names.GatewayLabel));

    /// <summary>The identity in its pods' certificates, as policies name it.</summary>
    public string Principal => $"{TrustDomain}/ns/{Namespace}/sa/{Account}";

    /// <summary>A service of the mesh, by its name and the namespace that it lives in.</summary>
    public static Caller Service(string name, string @namespace) => new(@namespace, name, (Names.AppLabel, name));
}
