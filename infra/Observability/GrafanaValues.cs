using GopherMesh.Infra.Helm;

namespace GopherMesh.Infra.Observability;

/// <summary>What the stack changes in the values of the chart <c>grafana</c>.</summary>
/// <remarks>
/// The chart generates the administrator's password when it is installed, and keeps it through upgrades (`lookup` in its
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

    // Every data source of the image that is not disabled runs as a process of its own.
    private static readonly string[] UnusedSources =
    [
        "cloudwatch", "elasticsearch", "grafana-azure-monitor-datasource", "grafana-postgresql-datasource", "grafana-pyroscope-datasource",
        "grafana-testdata-datasource", "graphite", "influxdb", "loki", "mssql", "mysql", "opentsdb", "parca", "stackdriver", "tempo", "zipkin",
    ];

    private const string Own = "gopher";

    private const string Istio = "istio";

    /// <summary>The values for a mesh of <paramref name="istioVersion"/>, whose own dashboards it gets.</summary>
    public static Map For(string istioVersion) => new()
    {
        ["fullnameOverride"] = Service,
        ["service"] = new Map { ["type"] = "ClusterIP", ["port"] = Port },
        ["testFramework"] = new Map { ["enabled"] = false },

        // Dashboards and data sources are files. Grafana's own token can only read the keys of service accounts, as every token can.
        ["rbac"] = new Map { ["create"] = false },
        ["automountServiceAccountToken"] = true,

        // The chart gives the limit to Go as GOMEMLIMIT; the data sources' processes need memory beside it. Grafana 13 with 512 MiB has been
        // seen killed (grafana/grafana#123017, grafana-community/helm-charts#754).
        ["resources"] = PodSecurity.Resources("100m", "256Mi", "1Gi"),
        ["containerSecurityContext"] = PodSecurity.Container(),
        ["downloadDashboards"] = new Map
        {
            ["securityContext"] = PodSecurity.Container(),
            ["resources"] = PodSecurity.Resources("10m", "32Mi", "64Mi"),
        },

        // Data sources are processes of their own, whose sockets are in this folder; the chart has volumes for data and search.
        ["extraEmptyDirMounts"] = new object[] { new Map { ["name"] = "tmp", ["mountPath"] = "/tmp" } },
        ["grafana.ini"] = new Map
        {
            ["analytics"] = new Map
            {
                ["reporting_enabled"] = false,
                ["check_for_updates"] = false,
                ["check_for_plugin_updates"] = false,
            },

            // Otherwise each start downloads the newest plugins of Grafana's own list (pkg/setting/setting_plugins.go), and unloads those data
            // sources of the image that it cannot replace on a read-only file system (grafana/grafana#132528).
            ["plugins"] = new Map { ["preinstall_disabled"] = true, ["disable_plugins"] = string.Join(',', UnusedSources) },

            // Compressing takes memory for every response, and a tunnel is fast enough without (grafana/grafana#123017).
            ["server"] = new Map { ["enable_gzip"] = false },
            ["auth.anonymous"] = new Map { ["enabled"] = false },
            ["auth.jwt"] = KialiOnly(),
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

        // Downloaded when the pod starts. The chart's own options would accept any certificate of the server. A download without an answer is
        // given up after its first minute: with five tries for each, Grafana's start would take longer than the timeout of its release.
        ["dashboards"] = new Map { [Istio] = IstioDashboards.Of(istioVersion) },
        ["defaultCurlOptions"] = "-sSf --retry 5 --retry-max-time 45",
    };

    // Kiali looks up the dashboards that it links to. It logs in as a Viewer with its own Kubernetes token, so it needs no password.
    // The keys in grafana.ini are those of Grafana's documentation, "Configure JWT authentication".
    private static Map KialiOnly() => new()
    {
        ["enabled"] = true,
        ["header_name"] = "Authorization",
        ["jwk_set_url"] = "https://kubernetes.default.svc/openid/v1/jwks",
        ["jwk_set_bearer_token_file"] = "/var/run/secrets/kubernetes.io/serviceaccount/token",
        ["tls_client_ca"] = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
        ["username_claim"] = "sub",
        ["email_claim"] = "sub",
        ["auto_sign_up"] = true,
        ["role_attribute_path"] = $"sub == '{KialiValues.Account}' && 'Viewer' || 'None'",
        ["role_attribute_strict"] = true,
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

/// <summary>Istio's own dashboards, as the chart <c>grafana</c> downloads them when its pod starts.</summary>
internal static class IstioDashboards
{
    /// <summary>The dashboards and their files in Istio's repository: mesh, service, workload and control plane.</summary>
    private static readonly Dictionary<string, string> Files = new()
    {
        ["istio-mesh"] = "istio-mesh-dashboard.gen.json",
        ["istio-service"] = "istio-service-dashboard.json",
        ["istio-workload"] = "istio-workload-dashboard.json",
        ["istio-control-plane"] = "pilot-dashboard.gen.json",
    };

    /// <summary>The dashboards of a release of Istio, whose tag is its version.</summary>
    public static Map Of(string version) => Files.ToDictionary(file => file.Key, file => (object)Download(version, file.Value));

    // The dashboards choose their data source by a variable of this name. It is filled in here for two reasons. There is only one data source
    // to choose. And for a dashboard with a data source the chart's script pipes the download through sed: if the download fails, the pipe
    // still succeeds, so Grafana starts without this dashboard. Without the pipe the script would stop (it runs with -e), and Grafana with it.
    private static Map Download(string version, string file) => new()
    {
        ["url"] = $"https://raw.githubusercontent.com/istio/istio/{version}/manifests/addons/dashboards/{file}",
        ["datasource"] = new object[] { new Map { ["name"] = "datasource", ["value"] = GrafanaValues.PrometheusSource } },
    };
}
