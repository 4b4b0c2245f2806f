namespace GopherMesh.Tests.Observability;

/// <summary>The metrics that a query may name, each with its labels and the place where its emitter defines it.</summary>
internal static class KnownMetrics
{
    // Istio 1.31, istio.io/latest/docs/reference/config/metrics; labels as in istio/proxy testdata/metric/client_request_total.yaml.tmpl.
    private static readonly string[] Request =
    [
        "reporter", "source_workload", "source_canonical_service", "source_canonical_revision", "source_workload_namespace",
        "source_principal", "source_app", "source_version", "source_cluster", "destination_workload", "destination_workload_namespace",
        "destination_principal", "destination_app", "destination_version", "destination_service", "destination_canonical_service",
        "destination_canonical_revision", "destination_service_name", "destination_service_namespace", "destination_cluster",
        "request_protocol", "response_code", "grpc_response_status", "response_flags", "connection_security_policy",
    ];

    // What Prometheus adds to whatever it scrapes, by its job `pods` in observability/prometheus/prometheus.yml.
    private static readonly string[] Target = ["job", "instance", "namespace", "pod", "app"];

    // OpenTelemetry's exporter for Prometheus, from the semantic conventions' names: ServiceMetricsTests compares them with a running service.
    private static readonly string[] Served =
        ["otel_scope_name", "http_request_method", "http_response_status_code", "http_route", "network_protocol_version", "url_scheme"];

    // Envoy 1.40, docs "Upstream cluster statistics"; the tag is Istio's, pilot/pkg/networking/core/cluster_builder.go.
    private static readonly string[] Cluster = ["cluster_name"];

    private static readonly string[] Resource = ["namespace", "pod", "container", "node", "resource", "unit", "uid"];

    private static readonly string[] Container = ["job", "instance", "namespace", "pod", "container", "id", "image", "name"];

    /// <summary>The labels that a scrape adds.</summary>
    public static IReadOnlySet<string> OfTarget { get; } = Target.ToHashSet();

    /// <summary>Labels by metric. The metrics of a VirtualService come from the file of kube-state-metrics instead.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> All { get; } = new Dictionary<string, string[]>
    {
        ["istio_requests_total"] = [.. Request, "job", "instance"],
        ["istio_request_duration_milliseconds_bucket"] = [.. Request, "le"],
        ["istio_request_duration_milliseconds_sum"] = Request,
        ["istio_request_duration_milliseconds_count"] = Request,

        // Istio 1.31: pilot/pkg/bootstrap/monitoring.go, pilot/pkg/xds/monitoring.go, pkg/xds/monitoring.go.
        ["pilot_info"] = [.. Target, "version"],
        ["pilot_inbound_updates"] = [.. Target, "type"],
        ["pilot_xds"] = [.. Target, "version"],
        ["pilot_xds_pushes"] = [.. Target, "type"],
        ["pilot_total_xds_rejects"] = [.. Target, "type"],
        ["pilot_proxy_convergence_time_bucket"] = [.. Target, "le"],

        ["envoy_cluster_upstream_rq_total"] = Cluster,

        ["http_server_request_duration_seconds_bucket"] = [.. Target, .. Served, "le"],
        ["http_server_request_duration_seconds_count"] = [.. Target, .. Served],
        ["dotnet_process_memory_working_set_bytes"] = [.. Target, "otel_scope_name"],
        ["dotnet_process_cpu_time_seconds_total"] = [.. Target, "otel_scope_name", "cpu_mode"],
        ["target_info"] = [.. Target, "service_name", "service_version", "service_instance_id", "k8s_pod_name"],

        // kube-state-metrics 2.20, docs/metrics/workload/pod-metrics.md; the allowlist of labels is the stack's, KubeStateMetricsValues.
        ["kube_pod_labels"] = ["namespace", "pod", "label_app", "label_version"],
        ["kube_pod_status_ready"] = ["namespace", "pod", "condition"],
        ["kube_pod_container_status_restarts_total"] = ["namespace", "pod", "container"],
        ["kube_pod_container_resource_limits"] = Resource,
        ["kube_pod_container_resource_requests"] = Resource,
        ["kube_pod_init_container_resource_limits"] = Resource,
        ["kube_pod_init_container_resource_requests"] = Resource,

        // The kubelets' cAdvisor, docs/storage/prometheus.md there; the labels are Kubernetes', pkg/kubelet/server/server.go.
        ["container_cpu_usage_seconds_total"] = [.. Container, "cpu"],
        ["container_cpu_cfs_periods_total"] = Container,
        ["container_cpu_cfs_throttled_periods_total"] = Container,
        ["container_memory_working_set_bytes"] = Container,

        // Prometheus makes them itself: of each scrape, of the alerts, and about its own process.
        ["up"] = Target,
        ["ALERTS"] = ["alertname", "alertstate", "severity"],
        ["process_start_time_seconds"] = ["job", "instance"],
        ["prometheus_rule_evaluation_failures_total"] = ["job", "instance", "rule_group"],
    }.ToDictionary(entry => entry.Key, entry => (IReadOnlySet<string>)entry.Value.ToHashSet());
}
