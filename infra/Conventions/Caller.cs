using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Conventions;

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
