using System.Globalization;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Observability;
using GopherMesh.Infra.Settings;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;

namespace GopherMesh.Infra.Gophers;

/// <summary>What a service reports by itself, beside what its proxy reports: metrics when they are scraped, and spans to Jaeger.</summary>
internal static class GopherTelemetry
{
    /// <summary>Name of the container's port for metrics. No Service has this port: Prometheus scrapes each pod.</summary>
    private const string PortName = "http-metrics";

    private const int Port = 9090;

    /// <summary>The container's port.</summary>
    public static ContainerPortArgs MetricsPort() => new() { Name = PortName, ContainerPortValue = Port };

    /// <summary>The variables; Jaeger takes spans only, so metrics are not sent anywhere.</summary>
    public static IEnumerable<(string Name, string Value)> Environment() =>
    [
        (GopherEnvironment.MetricsPort, Text(Port)),
        (GopherEnvironment.TracesEndpoint, $"http://{Names.Host(JaegerValues.Service, Namespaces.Observability)}:{Text(JaegerValues.OtlpPort)}"),
        (GopherEnvironment.OtlpProtocol, "grpc"),
    ];

    /// <summary>The pod's annotations.</summary>
    /// <remarks>
    /// Istio's injector hands the first two to the pod's agent and puts the agent's own port, 15020, in their place; the agent then serves
    /// Envoy's metrics and the gopher's together (<c>applyPrometheusMerge</c> in Istio's <c>pkg/kube/inject/webhook.go</c>).
    /// </remarks>
    public static Dictionary<string, string> Annotations() => new()
    {
        ["prometheus.io/scrape"] = "true",
        ["prometheus.io/port"] = Text(Port),

        // Spans bypass the proxy, which would make a span of every delivery of spans. Jaeger has no sidecar, so it expects no mutual TLS.
        ["traffic.sidecar.istio.io/excludeOutboundPorts"] = Text(JaegerValues.OtlpPort),
    };

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
