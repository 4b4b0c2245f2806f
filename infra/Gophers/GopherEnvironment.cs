using System.Globalization;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Observability;
using GopherMesh.Infra.Settings;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;

namespace GopherMesh.Infra.Gophers;

/// <summary>The environment variables that the services read.</summary>
public static class GopherEnvironment
{
    /// <summary>The version that a distributor says it is.</summary>
    public const string Version = "VERSION";

    /// <summary>The pod's name, for the answer.</summary>
    public const string PodName = "POD_NAME";

    /// <summary>Where a service listens.</summary>
    public const string Urls = "ASPNETCORE_URLS";

    /// <summary>Where a requester finds the distributor.</summary>
    public const string DistributorUrl = "DISTRIBUTOR_URL";

    /// <summary>How long a requester waits for the distributor, in milliseconds.</summary>
    public const string DistributorTimeout = "DISTRIBUTOR_TIMEOUT_MS";

    /// <summary>Headers that a requester passes on beyond those of tracing, between commas.</summary>
    public const string PropagatedHeaders = "PROPAGATED_HEADERS";

    /// <summary>Cookie that a requester passes on, and hands back to its caller; it keeps a caller with a version of the distributor.</summary>
    public const string StickyCookie = "STICKY_COOKIE";

    /// <summary>Switches off .NET's debugger and profiler endpoints, which need a file system that can be written.</summary>
    public const string Diagnostics = "DOTNET_EnableDiagnostics";

    /// <summary>The port on which a service serves its metrics.</summary>
    public const string MetricsPort = "METRICS_PORT";

    /// <summary>Where a service sends its spans; OpenTelemetry's own variable, as the next.</summary>
    public const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    /// <summary>How it sends them.</summary>
    public const string OtlpProtocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    // Written by the gateway, and by nobody after it: sidecars do not add their callers (Envoy, "x-forwarded-for": only with
    // use_remote_address, which Istio sets on gateways alone).
    private const string CallersAddress = "x-forwarded-for";

    /// <summary>What the requester gets beyond what every service gets: whom it calls, how long it waits, and what it passes on.</summary>
    public static IReadOnlyList<(string Name, string Value)> OfRequester(StackSettings settings) =>
    [
        (DistributorUrl, $"http://{Names.Host(Names.Distributor, settings.Gophers.Namespace)}"),
        (DistributorTimeout, $"{Timeouts.RequesterPatienceMs}"),
        (PropagatedHeaders, settings.Rollout.PreviewHeader is { } header ? $"{CallersAddress},{header}" : CallersAddress),
        .. settings.Rollout.StickyMinutes > 0 ? [(StickyCookie, Names.VersionCookie(Names.Distributor))] : Array.Empty<(string, string)>(),
    ];

    internal static EnvVarArgs[] Of(GopherWorkload workload) =>
    [
        new() { Name = Urls, Value = $"http://+:{Names.ContainerPort}" },
        new()
        {
            Name = PodName,
            ValueFrom = new EnvVarSourceArgs { FieldRef = new ObjectFieldSelectorArgs { FieldPath = "metadata.name" } },
        },
        new() { Name = Diagnostics, Value = "0" },
        .. workload.Environment.Select(Variable),
        .. workload.Reports ? GopherTelemetry.Environment().Select(Variable) : [],
    ];

    private static EnvVarArgs Variable((string Name, string Value) variable) => new() { Name = variable.Name, Value = variable.Value };
}

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
