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
