namespace GopherMesh.Infra.Observability;

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
