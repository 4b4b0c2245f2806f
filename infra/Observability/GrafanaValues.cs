using Map = System.Collections.Generic.Dictionary<string, object>;

namespace GopherMesh.Infra;

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

    private const string Own = "gopher";

    private const string Istio = "istio";

    // Every release of Istio adds a revision to each of its dashboards; the queries have been the same since Istio 1.5.
    private const int IstioRevision = 278;

    /// <summary>Istio's dashboards by their ids on grafana.com, https://istio.io/latest/docs/ops/integrations/grafana/.</summary>
    private static readonly Dictionary<string, int> IstioDashboards = new()
    {
        ["istio-mesh"] = 7639,
        ["istio-service"] = 7636,
        ["istio-workload"] = 7630,
        ["istio-control-plane"] = 7645,
    };

    public static Map All() => new()
    {
        ["fullnameOverride"] = Service,
        ["service"] = new Map { ["type"] = "ClusterIP", ["port"] = Port },
        ["testFramework"] = new Map { ["enabled"] = false },

        // Nothing in Grafana talks to Kubernetes: dashboards and data sources are files.
        ["rbac"] = new Map { ["create"] = false },
        ["automountServiceAccountToken"] = false,
        ["resources"] = PodSecurity.Resources("100m", "256Mi", "512Mi"),
        ["grafana.ini"] = new Map
        {
            ["analytics"] = new Map { ["reporting_enabled"] = false, ["check_for_updates"] = false, ["check_for_plugin_updates"] = false },
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
                    Source("Prometheus", "prometheus", $"http://{PrometheusValues.Service}:{PrometheusValues.Port}", isDefault: true),
                    Source("Jaeger", "jaeger", $"http://{JaegerValues.Service}:{JaegerValues.QueryPort}", isDefault: false),
                },
            },
        },
        ["dashboardProviders"] = new Map
        {
            ["dashboardproviders.yaml"] = new Map { ["apiVersion"] = 1, ["providers"] = new object[] { Provider(Own, "Gopher"), Provider(Istio, "Istio") } },
        },
        ["dashboardsConfigMaps"] = new Map { [Own] = Dashboards },

        // Downloaded when the pod starts. The chart's own options would take any certificate for grafana.com's. A download that gets no
        // answer is given up after its first minute: with five tries for each, Grafana's start would outlast its release's timeout.
        ["dashboards"] = new Map { [Istio] = IstioDashboards.ToDictionary(dashboard => dashboard.Key, dashboard => (object)Download(dashboard.Value)) },
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

    // Istio publishes its dashboards with this input in place of a data source (istio/release-builder, pkg/build/grafana.go).
    private static Map Download(int id) => new()
    {
        ["gnetId"] = id,
        ["revision"] = IstioRevision,
        ["datasource"] = new object[] { new Map { ["name"] = "DS_PROMETHEUS", ["value"] = "Prometheus" } },
    };

    private static string Folder(string provider) => $"/var/lib/grafana/dashboards/{provider}";
}
