using GopherMesh.Infra.Settings.Parsing;
using GopherMesh.Infra.Settings.Rules;

namespace GopherMesh.Infra.Settings;

/// <summary>The keys of metrics, dashboards, traces and access logs.</summary>
public static class ObservabilityKeys
{
    /// <summary>A terabyte: years of this system's metrics, and far beyond what one Prometheus should keep.</summary>
    private const int MostStorageGiB = 1024;

    // Off, so that a first apply needs no chart repository but Istio's and no memory beyond the mesh's own; a team that runs canaries turns it on.
    internal static readonly SettingKey<bool> Enabled = new(
        "observability", SchemaType.Flag, "false", Parse.Flag,
        "Whether Prometheus, Grafana, Kiali and Jaeger run in the cluster; together they ask for 0.4 CPUs and 1.2 GiB.");

    // One in ten: enough to find a slow call among the article's one request a second within a minute, at a tenth of the cost.
    internal static readonly SettingKey<int> TraceSampling = new(
        "traceSamplingPercent", SchemaType.Number, "10", Parse.Number(0, 100),
        "Percent of requests that leave a trace, 0 to 100; decided at the gateway for the whole way.");

    // Off: every request would be a line in each of three proxies, and lines are billed.
    internal static readonly SettingKey<bool> AccessLogs = new(
        "accessLogs", SchemaType.Flag, "false", Parse.Flag,
        "Whether every proxy writes a line of JSON for each request to its standard output.");

    internal static readonly SettingKey<int> StorageGiB = new(
        "metricsStorageGiB", SchemaType.Number, "0", Parse.Number(0, MostStorageGiB),
        "Size in GiB, 0 to 1024, of the volume on which metrics outlive Prometheus' pod; 0: they are lost with it.");

    internal static readonly SettingKey<string?> StorageClass = new(
        "metricsStorageClass", SchemaType.Text, "", Parse.OptionalText(NameRules.Subdomain),
        "StorageClass of that volume on an existing cluster; empty: the cluster's default.")
    { OnlyOn = ClusterKind.Existing };
}
