namespace GopherMesh.Tests.Observability;

/// <summary>The metrics that a query may name, each with its labels and the place where its emitter defines it.</summary>
internal static class KnownMetrics
{
    // Istio 1.31, istio.io/latest/docs/reference/config/metrics; labels as in istio/proxy testdata/metric/client_request_total.yaml.tmpl.
    private static readonly string[] Request =
    [
        "reporter", "source_workload", "source_canonical_service", "source_canonical_revision", "source_workload_namespace", "source_principal",
        "source_app", "source_version", "source_cluster", "destination_workload", "destination_workload_namespace", "destination_principal",
        "destination_app", "destination_version", "destination_service", "destination_canonical_service", "destination_canonical_revision",
        "destination_service_name", "destination_service_namespace", "destination_cluster", "request_protocol", "response_code",
        "grpc_response_status", "response_flags", "connection_security_policy",
    ];

    // What observability/kube-state-metrics/virtualservices.yaml makes of a VirtualService.
    private static readonly string[] VirtualService = ["namespace", "virtualservice", "version"];

    // Envoy 1.40, docs "Upstream cluster statistics"; the tag is Istio's, pilot/pkg/networking/core/cluster_builder.go.
    private static readonly string[] Cluster = ["cluster_name"];

    /// <summary>Labels by metric.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> All { get; } = new Dictionary<string, string[]>
    {
        ["istio_requests_total"] = Request,
        ["istio_request_duration_milliseconds_bucket"] = [.. Request, "le"],
        ["istio_request_duration_milliseconds_sum"] = Request,
        ["istio_request_duration_milliseconds_count"] = Request,

        // Istio 1.31: pilot/pkg/bootstrap/monitoring.go, pilot/pkg/xds/monitoring.go, pkg/xds/monitoring.go.
        ["pilot_info"] = ["version"],
        ["pilot_inbound_updates"] = ["type"],
        ["pilot_xds_pushes"] = ["type"],
        ["pilot_total_xds_rejects"] = ["type"],
        ["pilot_proxy_convergence_time_bucket"] = ["le"],

        ["kube_virtualservice_route_weight"] = VirtualService,
        ["kube_virtualservice_mirror_percentage"] = VirtualService,
        ["kube_virtualservice_stable_info"] = VirtualService,
        ["kube_virtualservice_canary_info"] = VirtualService,

        ["envoy_cluster_upstream_rq_total"] = Cluster,

        // Prometheus itself makes it of the alerts.
        ["ALERTS"] = ["alertname", "alertstate", "severity"],
    }.ToDictionary(entry => entry.Key, entry => (IReadOnlySet<string>)entry.Value.ToHashSet());
}
