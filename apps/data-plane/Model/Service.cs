using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Model;

/// <summary>The part of a Kubernetes Service that concerns traffic to it.</summary>
internal sealed record Service(ObjectName Name, IReadOnlyDictionary<string, string> Selector, IReadOnlyList<ServicePort> Ports)
{
    /// <summary>The host that routes name; the cluster's domain is Kubernetes' default.</summary>
    public string Host { get; } = $"{Name.Name}.{Name.Namespace}.svc.cluster.local";

    public ServicePort? PortOf(int number) => Ports.FirstOrDefault(port => port.Number == number);
}

/// <summary>One port of a Service.</summary>
/// <param name="Name">The port's name, which tells Istio its protocol.</param>
/// <param name="Number">The port that callers use.</param>
/// <param name="TargetPort">Name of the container port, or its number as text.</param>
/// <param name="Protocol">What the pods speak there.</param>
internal sealed record ServicePort(string Name, int Number, string TargetPort, PortProtocol Protocol);

/// <summary>What pods speak behind a port (istio pkg/config/kube/conversion.go, ConvertProtocol).</summary>
internal enum PortProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2 without TLS: gRPC's.</summary>
    Http2,

    /// <summary>The port names no protocol: the caller's protocol.</summary>
    AsCaller,
}

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
