using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Observability;

/// <summary>What the stack changes in the values of the chart <c>kiali-server</c>.</summary>
internal static class KialiValues
{
    /// <summary>Name of the Service, and of the ServiceAccount whose token logs in.</summary>
    public const string Service = "kiali";

    /// <summary>Port of the Service, Kiali's usual one.</summary>
    public const int Port = 20001;

    /// <summary>Its ServiceAccount, as its token names it (the claim <c>sub</c>).</summary>
    public const string Account = $"system:serviceaccount:{Namespaces.Observability}:{Service}";

    /// <summary>The values for a mesh whose gophers run in a namespace.</summary>
    /// <param name="gophers">The namespace of the gophers.</param>
    public static Map For(string gophers) => new()
    {
        // Users log in with a Kubernetes token, and have its rights.
        ["auth"] = new Map { ["strategy"] = "token" },
        ["deployment"] = new Map
        {
            // Kiali's wizards write VirtualServices; here only the program writes them.
            ["view_only_mode"] = true,

            // Roles in these namespaces and in its own, instead of a ClusterRole that reads every ConfigMap of the cluster and has a name that
            // another Kiali has, too. The chart looks the namespaces up when it is installed, so they must be there before.
            ["cluster_wide_access"] = false,
            ["discovery_selectors"] = new Map { ["default"] = new object[] { Named(Namespaces.Istio), Named(gophers) } },
            ["image_pull_policy"] = "IfNotPresent",
            ["service_type"] = "ClusterIP",
            ["ingress"] = new Map { ["enabled"] = false },

            // The chart's own policy lets every pod in, and policies add up.
            ["network_policy"] = new Map { ["enabled"] = false },
            ["resources"] = PodSecurity.Resources("50m", "128Mi", "512Mi"),
        },
        ["external_services"] = new Map
        {
            ["istio"] = new Map { ["root_namespace"] = Namespaces.Istio },
            ["prometheus"] = new Map { ["url"] = $"http://{PrometheusValues.Service}:{PrometheusValues.Port}" },
            ["grafana"] = new Map
            {
                ["enabled"] = true,
                ["internal_url"] = $"http://{GrafanaValues.Service}:{GrafanaValues.Port}",
                ["external_url"] = $"http://localhost:{GrafanaValues.Port}",
                ["datasource_uid"] = GrafanaValues.PrometheusSource,

                // Kiali's own token; Grafana treats it as a Viewer's.
                ["auth"] = new Map { ["type"] = "bearer", ["use_kiali_token"] = true },

                // By their titles; Kiali has no list of its own.
                ["dashboards"] = new object[]
                {
                    Dashboard("Gopher rollout", "namespace", "service"),
                    Dashboard("Istio Service Dashboard", "namespace", "service"),
                    Dashboard("Istio Workload Dashboard", "namespace", "workload"),
                    Dashboard("Istio Mesh Dashboard"),
                    Dashboard("Istio Control Plane Dashboard"),
                },
            },
            ["tracing"] = new Map
            {
                ["enabled"] = true,
                ["provider"] = "jaeger",
                ["use_grpc"] = false,
                ["internal_url"] = $"http://{JaegerValues.Service}:{JaegerValues.QueryPort}",
                ["external_url"] = $"http://localhost:{JaegerValues.QueryPort}",
            },
        },
    };

    private static Map Named(string @namespace) =>
        new() { ["matchLabels"] = new Map { ["kubernetes.io/metadata.name"] = @namespace } };

    // Kiali passes its values of these names to the dashboard's variables of the same names.
    private static Map Dashboard(string title, params string[] variables) => new()
    {
        ["name"] = title,
        ["variables"] = variables.Append("datasource").ToDictionary(name => name, name => (object)$"var-{name}"),
    };
}
