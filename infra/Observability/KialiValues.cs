using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Settings;
using Map = System.Collections.Generic.Dictionary<string, object>;

namespace GopherMesh.Infra.Observability;

/// <summary>What the stack changes in the values of the chart <c>kiali-server</c>.</summary>
internal static class KialiValues
{
    /// <summary>Name of the Service, and of the ServiceAccount whose token logs in.</summary>
    public const string Service = "kiali";

    /// <summary>Port of the Service, Kiali's usual one.</summary>
    public const int Port = 20001;

    public static Map All() => new()
    {
        // A token of Kubernetes logs in, with its rights.
        ["auth"] = new Map { ["strategy"] = "token" },
        ["deployment"] = new Map
        {
            // Kiali's wizards write VirtualServices; here they are the program's.
            ["view_only_mode"] = true,
            ["image_pull_policy"] = "IfNotPresent",
            ["service_type"] = "ClusterIP",
            ["ingress"] = new Map { ["enabled"] = false },

            // The chart's own lets every pod in, and policies add up.
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

                // secret:NAME:KEY is Kiali's grammar for a value that stays in its Secret.
                ["auth"] = new Map
                {
                    ["type"] = "basic",
                    ["username"] = $"secret:{GrafanaValues.Service}:admin-user",
                    ["password"] = $"secret:{GrafanaValues.Service}:admin-password",
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
}
