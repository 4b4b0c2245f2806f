namespace GopherMesh.DataPlane.Model;

/// <summary>Whose proxy it is: a pod's sidecar, or the gateway.</summary>
/// <param name="Name">The pod's name.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Labels">The pod's labels, which routes' sourceLabels are held against.</param>
public sealed record PodIdentity(string Name, string Namespace, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The gateway of the rehearsal, with the labels of Istio's chart.</summary>
    public static PodIdentity IngressGateway { get; } = new(
        "istio-ingressgateway",
        "istio-system",
        new Dictionary<string, string> { ["istio"] = "ingressgateway", ["app"] = "istio-ingressgateway" });
}
