using GopherMesh.Infra.Helm;

namespace GopherMesh.Infra.Observability;

/// <summary>The charts of the tools, each at a pinned version.</summary>
internal static class ToolCharts
{
    public static PinnedChart Prometheus { get; } = new("prometheus", PrometheusCommunity, "29.27.0");

    public static PinnedChart KubeStateMetrics { get; } = new("kube-state-metrics", PrometheusCommunity, "8.4.0");

    /// <summary>Maintained by its community since January 2026: https://github.com/grafana/helm-charts, charts/grafana/README.md.</summary>
    public static PinnedChart Grafana { get; } = new("grafana", "https://grafana-community.github.io/helm-charts", "12.11.1");

    public static PinnedChart Jaeger { get; } = new("jaeger", "https://jaegertracing.github.io/helm-charts", "4.11.1");

    public static PinnedChart Kiali { get; } = new("kiali-server", "https://kiali.org/helm-charts", "2.29.0");

    private const string PrometheusCommunity = "https://prometheus-community.github.io/helm-charts";
}
