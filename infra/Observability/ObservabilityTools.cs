using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Helm.V3;
using Pulumi.Kubernetes.Networking.V1;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra.Observability;

/// <summary>The observability tools and the telemetry of the proxies, as the settings say.</summary>
internal static class ObservabilityStack
{
    /// <summary>Declares the tools and what the proxies report to them.</summary>
    public static void Declare(StackSettings settings, ClusterHandle cluster, IstioMesh mesh, GopherNamespace gophers)
    {
        if (settings.Observability.Enabled)
        {
            _ = new ObservabilityTools(settings, cluster, mesh, gophers.Resource);
        }

        MeshTelemetry.Declare(settings.Observability, cluster, mesh.Gateway);
    }

    /// <summary>The commands that open each tool, by its name; null without tools.</summary>
    public static Dictionary<string, string>? Commands(StackSettings settings) =>
        settings.Observability.Enabled ? ObservabilityTools.Commands(settings) : null;
}

/// <summary>
/// Prometheus, Grafana, Kiali, Jaeger and kube-state-metrics, each from its own chart, in a namespace of their own that is deleted with
/// all that they stored. No gopher depends on them: a tool that fails to start must not stop a rollback.
/// </summary>
public sealed class ObservabilityTools : ComponentResource
{
    private readonly Namespace _home;
    private readonly NetworkPolicy _policy;

    /// <summary>Declares them in <paramref name="cluster"/>, behind <paramref name="mesh"/>.</summary>
    /// <param name="settings">Which tools, and how much they keep.</param>
    /// <param name="cluster">Where they run.</param>
    /// <param name="mesh">What they watch.</param>
    /// <param name="gophers">The namespace of the gophers, in which Kiali gets its rights.</param>
    public ObservabilityTools(StackSettings settings, ClusterHandle cluster, IstioMesh mesh, Namespace gophers)
        : base("gopher-mesh:observability:Tools", Namespaces.Observability, new ComponentResourceOptions { Provider = cluster.Provider })
    {
        _home = new Namespace(
            Namespaces.Observability, new NamespaceArgs { Metadata = HomeMetadata() }, new() { Parent = this, DependsOn = [mesh.Gateway] });
        _policy = ToolsPolicy.Declare(settings.Gophers.Namespace, new() { Parent = this, DependsOn = [_home] });
        var storage = MetricsVolume.Declare(settings, cluster.Tags, new() { Parent = this, DependsOn = [.. cluster.Ready] });
        var prometheus = Install(
            PrometheusValues.Service,
            ToolCharts.Prometheus,
            PrometheusValues.For(settings.Observability, MetricsVolume.ClassFor(settings)),
            [Files(PrometheusValues.Config, ObservabilityFiles.OfPrometheus(settings.Gophers.Namespace, settings.Observability)), .. storage]);
        Install(
            KubeStateMetricsValues.Service,
            ToolCharts.KubeStateMetrics,
            KubeStateMetricsValues.For(settings.Gophers.Namespace),
            Files(KubeStateMetricsValues.Config, ObservabilityFiles.In("kube-state-metrics")));
        var jaeger = Install(JaegerValues.Service, ToolCharts.Jaeger, JaegerValues.All());
        var grafana = Install(
            GrafanaValues.Service,
            ToolCharts.Grafana,
            GrafanaValues.For(settings.Mesh.IstioVersion),
            Files(GrafanaValues.Dashboards, ObservabilityFiles.In("dashboards")));

        // Kiali does not start before the tools that it calls.
        Install(
            KialiValues.Service, ToolCharts.Kiali, KialiValues.For(settings.Gophers.Namespace), prometheus, jaeger, grafana, gophers);
        RegisterOutputs();
    }

    /// <summary>The lines that open a tunnel to each of them, and the one that logs in.</summary>
    public static Dictionary<string, string> Commands(StackSettings settings)
    {
        var kubectl = $"kubectl{(settings.Cluster.Context is { } context ? $" --context {context}" : "")} --namespace {Namespaces.Observability}";
        string Forward(string service, int port) => $"{kubectl} port-forward service/{service} {port}:{port}";
        return new()
        {
            ["prometheus"] = Forward(PrometheusValues.Service, PrometheusValues.Port),
            ["grafana"] = Forward(GrafanaValues.Service, GrafanaValues.Port),
            ["grafanaPassword"] =
                $"{kubectl} get secret {GrafanaValues.Service} --output jsonpath={{.data.admin-password}} | base64 --decode",
            ["kiali"] = Forward(KialiValues.Service, KialiValues.Port),
            ["kialiToken"] = $"{kubectl} create token {KialiValues.Service}",
            ["jaeger"] = Forward(JaegerValues.Service, JaegerValues.QueryPort),
        };
    }

    // No label for injection: what watches the mesh must not need it. All of its pods meet the strictest Pod Security Standard.
    private static ObjectMetaArgs HomeMetadata() => new()
    {
        Name = Namespaces.Observability,
        Labels = { ["pod-security.kubernetes.io/enforce"] = "restricted" },
        Annotations = Ownership.Alone,
    };

    private ConfigMap Files(string name, Dictionary<string, string> files) => new(
        name,
        new ConfigMapArgs
        {
            Metadata = new ObjectMetaArgs { Name = name, Namespace = Namespaces.Observability, Annotations = Ownership.Alone },
            Data = files,
        },
        new() { Parent = this, DependsOn = [_home] });

    private Release Install(string name, PinnedChart chart, Map values, params IEnumerable<Resource> after) =>
        chart.Install(name, Namespaces.Observability, values, new() { Parent = this, DependsOn = [_home, _policy, .. after] });
}

/// <summary>The charts of the tools, each at a pinned version.</summary>
internal static class ToolCharts
{
    private const string PrometheusCommunity = "https://prometheus-community.github.io/helm-charts";

    public static PinnedChart Prometheus { get; } = new("prometheus", PrometheusCommunity, "29.27.0");

    public static PinnedChart KubeStateMetrics { get; } = new("kube-state-metrics", PrometheusCommunity, "8.4.0");

    /// <summary>Maintained by its community since January 2026: https://github.com/grafana/helm-charts, charts/grafana/README.md.</summary>
    public static PinnedChart Grafana { get; } = new("grafana", "https://grafana-community.github.io/helm-charts", "12.11.1");

    public static PinnedChart Jaeger { get; } = new("jaeger", "https://jaegertracing.github.io/helm-charts", "4.11.1");

    public static PinnedChart Kiali { get; } = new("kiali-server", "https://kiali.org/helm-charts", "2.29.0");
}
