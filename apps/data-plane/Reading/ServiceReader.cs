using System.Globalization;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads a Service.</summary>
internal static class ServiceReader
{
    /// <summary>SMTP, DNS, MySQL and MongoDB: Istio never detects the protocol there.</summary>
    private static readonly int[] WellKnownPorts = [25, 53, 3306, 27017];

    public static Service Read(FieldCursor spec, ObjectName name)
    {
        spec.SkipDefault("type", "ClusterIP");
        spec.SkipDefault("sessionAffinity", "None");
        var selector = spec.TextMap("selector");
        if (selector.Count == 0)
        {
            spec.Refuse("selector", "is required: the rehearsal's endpoints are the pods that it selects");
        }

        var ports = spec.ReadEach("ports", ReadPort);
        if (ports.Count == 0)
        {
            spec.Missing("ports", 0);
        }

        // The API server's own rules (k8s.io/kubernetes/pkg/apis/core/validation, ValidateService).
        if (ports.GroupBy(port => port.Number).Any(same => same.Count() > 1))
        {
            spec.Refuse("ports", "has a number twice");
        }

        if (ports.Count > 1 && (ports.Any(port => port.Name.Length == 0) || ports.GroupBy(port => port.Name).Any(same => same.Count() > 1)))
        {
            spec.Refuse("ports", "has several ports: each needs a name of its own");
        }

        return new(name, selector, ports);
    }

    private static ServicePort ReadPort(FieldCursor port)
    {
        var name = port.Text("name") ?? "";
        var number = port.WholeNumber("port", 1, 65535) ?? port.Missing("port", 0);
        if (port.Text("protocol") is { } transport && transport != "TCP")
        {
            port.Refuse("protocol", $"is {transport}; the rehearsal carries HTTP over TCP");
        }

        var protocol = ProtocolOf(port.Text("appProtocol") ?? name, number);
        if (protocol is null)
        {
            port.Refuse("name", $"says that the port carries no HTTP (\"{port.Text("appProtocol") ?? name}\"): the rehearsal carries HTTP only");
        }

        return new(name, number, ReadTarget(port) ?? number.ToString(CultureInfo.InvariantCulture), protocol ?? PortProtocol.Http1);
    }

    /// <summary>
    /// The protocol that a port's name, or its appProtocol, gives before the first hyphen. If it gives none, Istio detects the protocol, except on
    /// ports where the server speaks first (istio pkg/config/kube/conversion.go, ConvertProtocol; pkg/config/protocol/instance.go, Parse).
    /// </summary>
    private static PortProtocol? ProtocolOf(string name, int number) => name.ToLowerInvariant() switch
    {
        "kubernetes.io/h2c" => PortProtocol.Http2,
        "kubernetes.io/ws" => PortProtocol.Http1,
        "kubernetes.io/wss" => null,
        var word when word.StartsWith("grpc-web", StringComparison.Ordinal) => PortProtocol.Http2,
        var word => word.Split('-')[0] switch
        {
            "http" or "http_proxy" => PortProtocol.Http1,
            "http2" or "grpc" => PortProtocol.Http2,
            "https" or "tls" or "tcp" or "udp" or "mongo" or "redis" or "mysql" or "hbone" or "double-hbone" => null,
            _ => WellKnownPorts.Contains(number) ? null : PortProtocol.AsCaller,
        },
    };

    /// <summary>A name, or a number.</summary>
    private static string? ReadTarget(FieldCursor port) => port.IsNumber("targetPort")
        ? port.WholeNumber("targetPort", 1, 65535)?.ToString(CultureInfo.InvariantCulture)
        : port.Text("targetPort");
}
