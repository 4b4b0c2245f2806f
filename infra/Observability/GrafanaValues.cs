using GopherMesh.Infra.Helm;
using Map = System.Collections.Generic.Dictionary<string, object>;

namespace GopherMesh.Infra.Observability;

/// <summary>What the stack changes in the values of the chart <c>grafana</c>.</summary>
/// <remarks>
/// The chart makes up the administrator's password when it is installed, and keeps it through upgrades (`lookup` in its
/// <c>templates/_helpers.tpl</c>); it is in the Secret <c>grafana</c> only, never in Pulumi's state.
/// </remarks>
internal static class GrafanaValues
{
    /// <summary>Name of the Service, and of the Secret with the administrator's password.</summary>
    public const string Service = "grafana";

    /// <summary>Port of the Service, Grafana's usual one.</summary>
    public const int Port = 3000;

    /// <summary>Name of the ConfigMap with our own dashboards.</summary>
    public const string Dashboards = "grafana-dashboards-gopher";

    /// <summary>Id of the data source that is Prometheus, as dashboards name it.</summary>
    public const string PrometheusSource = "prometheus";

    private const string Own = "gopher";

    private const string Istio = "istio";

    /// <summary>The values for a mesh of <paramref name="istioVersion"/>, whose own dashboards it gets.</summary>
    public static Map For(string istioVersion) => new()
    {
        ["fullnameOverride"] = Service,
        ["service"] = new Map { ["type"] = "ClusterIP", ["port"] = Port },
        ["testFramework"] = new Map { ["enabled"] = false },

        // Nothing in Grafana talks to Kubernetes: dashboards and data sources are files.
        ["rbac"] = new Map { ["create"] = false },
        ["automountServiceAccountToken"] = false,
        ["resources"] = PodSecurity.Resources("100m", "256Mi", "512Mi"),
        ["containerSecurityContext"] = PodSecurity.Container(),
        ["downloadDashboards"] = new Map { ["securityContext"] = PodSecurity.Container() },

        // Data sources are processes of their own, reached by sockets there; the chart gives volumes for data and search.
        ["extraEmptyDirMounts"] = new object[] { new Map { ["name"] = "tmp", ["mountPath"] = "/tmp" } },
        ["grafana.ini"] = new Map
        {
            ["analytics"] = new Map
            {
                ["reporting_enabled"] = false,
                ["check_for_updates"] = false,
                ["check_for_plugin_updates"] = false,
            },

            // Else each start fetches whatever is the newest of a list of Grafana's own (pkg/setting/setting_plugins.go), and unloads the
            // data sources of the image that it cannot replace on a read-only file system (grafana/grafana#132528).
            ["plugins"] = new Map { ["preinstall_disabled"] = true },
            ["auth.anonymous"] = new Map { ["enabled"] = false },
            ["users"] = new Map { ["allow_sign_up"] = false },
            ["dashboards"] = new Map { ["default_home_dashboard_path"] = $"{Folder(Own)}/gopher-rollout.json" },
        },
        ["datasources"] = new Map
        {
            ["datasources.yaml"] = new Map
            {
                ["apiVersion"] = 1,
                ["datasources"] = new object[]
                {
                    Source("Prometheus", PrometheusSource, $"http://{PrometheusValues.Service}:{PrometheusValues.Port}", isDefault: true),
                    Source("Jaeger", "jaeger", $"http://{JaegerValues.Service}:{JaegerValues.QueryPort}", isDefault: false),
                },
            },
        },
        ["dashboardProviders"] = new Map
        {
            ["dashboardproviders.yaml"] = new Map
            {
                ["apiVersion"] = 1,
                ["providers"] = new object[] { Provider(Own, "Gopher"), Provider(Istio, "Istio") },
            },
        },
        ["dashboardsConfigMaps"] = new Map { [Own] = Dashboards },

        // Downloaded when the pod starts. The chart's own options would take any certificate for the server's. A download that gets no
        // answer is given up after its first minute: with five tries for each, Grafana's start would outlast its release's timeout.
        ["dashboards"] = new Map { [Istio] = IstioDashboards.Of(istioVersion) },
        ["defaultCurlOptions"] = "-sSf --retry 5 --retry-max-time 45",
    };

    private static Map Source(string name, string type, string url, bool isDefault) => new()
    {
        ["name"] = name,
        ["uid"] = type,
        ["type"] = type,
        ["url"] = url,
        ["access"] = "proxy",
        ["isDefault"] = isDefault,
        ["editable"] = false,
    };

    private static Map Provider(string name, string folder) => new()
    {
        ["name"] = name,
        ["folder"] = folder,
        ["type"] = "file",
        ["disableDeletion"] = true,
        ["options"] = new Map { ["path"] = Folder(name) },
    };

    private static string Folder(string provider) => $"/var/lib/grafana/dashboards/{provider}";
}
