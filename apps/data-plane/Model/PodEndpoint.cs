namespace GopherMesh.DataPlane.Model;

/// <summary>A pod of the rehearsal: a process on loopback.</summary>
/// <param name="Pod">The pod's name.</param>
/// <param name="Namespace">The pod's namespace; a Service selects pods of its own only.</param>
/// <param name="Labels">The pod's labels, which Services and subsets select by.</param>
/// <param name="LoopbackPorts">From the container port, by name and by number as text, to the port of 127.0.0.1 it really listens on.</param>
/// <param name="Ready">A pod that is not ready gets no requests.</param>
public sealed record PodEndpoint(
    string Pod,
    string Namespace,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, int> LoopbackPorts,
    bool Ready);

/// <summary>Whose proxy it is: a pod's sidecar, or the gateway.</summary>
/// <param name="Name">The pod's name.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Labels">The pod's labels, which the sourceLabels of routes are compared with.</param>
public sealed record PodIdentity(string Name, string Namespace, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The gateway of the rehearsal, with the labels of Istio's chart.</summary>
    public static PodIdentity IngressGateway { get; } = new(
        "istio-ingressgateway",
        "istio-system",
        new Dictionary<string, string> { ["istio"] = "ingressgateway", ["app"] = "istio-ingressgateway" });
}
