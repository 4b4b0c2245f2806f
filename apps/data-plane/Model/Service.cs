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
