using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra.Observability;

/// <summary>What every proxy of the mesh reports: spans to Jaeger, and access logs if the settings enable them.</summary>
internal static class MeshTelemetry
{
    /// <summary>Name of the provider that takes spans.</summary>
    private const string Traces = "otlp";

    /// <summary>
    /// The provider that Istio defines itself: standard output (<c>DefaultMeshConfig</c> in Istio's <c>pkg/config/mesh/mesh.go</c>).
    /// </summary>
    private const string StandardOutput = "envoy";

    /// <summary>What istiod's values need for it. Istio merges providers by name with its own.</summary>
    public static Map IstiodValues(ObservabilitySettings settings) => settings switch
    {
        { Enabled: true } => new() { ["meshConfig"] = Values.Merge(Tracing(), Logs(settings)) },
        { AccessLogs: true } => new() { ["meshConfig"] = Logs(settings) },
        _ => [],
    };

    /// <summary>Declares it for the whole mesh, where there is anything to report; a change of it needs no restart.</summary>
    public static void Declare(ObservabilitySettings settings, ClusterHandle cluster, params IEnumerable<Resource> after)
    {
        if (settings is { Enabled: false, AccessLogs: false })
        {
            return;
        }

        const string Name = "mesh-default";
        _ = new Telemetry(
            Name,
            new TelemetryArgs
            {
                Metadata = new ObjectMetaArgs { Name = Name, Namespace = Namespaces.Istio, Annotations = Ownership.Alone },
                Spec = Spec(settings),
            },
            new() { Provider = cluster.Provider, DependsOn = [.. after] });
        if (settings.Enabled)
        {
            ForgetForeignTraces(cluster, after);
        }
    }

    // Envoy would take over a caller's trace, whose flag can keep a request from being sampled, and whose ID can put every request into one
    // trace that grows without end: Jaeger keeps a number of traces. It goes before Envoy starts a span; a route could take it away only after
    // that (Envoy, HttpConnectionManager, early_header_mutation_extensions).
    private static void ForgetForeignTraces(ClusterHandle cluster, IEnumerable<Resource> after)
    {
        const string Name = "forget-foreign-traces";
        const string Manager = "envoy.filters.network.http_connection_manager", Types = "type.googleapis.com/envoy.extensions.";
        _ = new EnvoyFilter(
            Name,
            new EnvoyFilterArgs
            {
                Metadata = new ObjectMetaArgs { Name = Name, Namespace = Namespaces.Istio, Annotations = Ownership.Alone },
                Spec = new EnvoyFilterSpecArgs
                {
                    WorkloadSelector = new ProxySelectorArgs { Labels = new InputMap<string> { { "istio", Names.GatewayLabel } } },
                    ConfigPatches = new EnvoyPatchArgs
                    {
                        ApplyTo = "NETWORK_FILTER",
                        Match = new InputMap<object>
                        {
                            { "context", "GATEWAY" },
                            { "listener", new Map { ["filterChain"] = new Map { ["filter"] = new Map { ["name"] = Manager } } } },
                        },
                        Patch = new InputMap<object>
                        {
                            { "operation", "MERGE" },
                            {
                                "value",
                                new Map
                                {
                                    ["typed_config"] = new Map
                                    {
                                        ["@type"] = $"{Types}filters.network.http_connection_manager.v3.HttpConnectionManager",
                                        ["early_header_mutation_extensions"] = new object[] { Removing(Types, "traceparent", "tracestate") },
                                    },
                                }
                            },
                        },
                    },
                },
            },
            new() { Provider = cluster.Provider, DependsOn = [.. after] });
    }

    private static Map Removing(string types, params IEnumerable<string> headers) => new()
    {
        ["name"] = "envoy.http.early_header_mutation.header_mutation",
        ["typed_config"] = new Map
        {
            ["@type"] = $"{types}http.early_header_mutation.header_mutation.v3.HeaderMutation",
            ["mutations"] = headers.Select(object (header) => new Map { ["remove"] = header }).ToArray(),
        },
    };

    private static TelemetrySpecArgs Spec(ObservabilitySettings settings) => new()
    {
        Tracing = settings.Enabled ? (InputList<TracingArgs>)Sampled(settings.TraceSamplingPercent) : null,
        AccessLogging = settings.AccessLogs
            ? (InputList<AccessLoggingArgs>)new AccessLoggingArgs { Providers = Provider(StandardOutput) }
            : null,
    };

    private static TracingArgs Sampled(int percent) => new() { Providers = Provider(Traces), RandomSamplingPercentage = percent };

    private static ProviderRefArgs Provider(string name) => new() { Name = name };

    private static Map Tracing() => new()
    {
        // By the canonical name alone, as the gophers name themselves: else Jaeger lists each of them twice, as NAME and as NAME.NAMESPACE.
        ["defaultConfig"] = new Map { ["tracingServiceName"] = "CANONICAL_NAME_ONLY" },

        ["extensionProviders"] = new object[]
        {
            new Map
            {
                ["name"] = Traces,
                ["opentelemetry"] = new Map
                {
                    ["service"] = Names.Host(JaegerValues.Service, Namespaces.Observability),
                    ["port"] = JaegerValues.OtlpPort,
                },
            },
        },
    };

    private static Map Logs(ObservabilitySettings settings) => settings.AccessLogs ? new() { ["accessLogEncoding"] = "JSON" } : [];
}
