namespace GopherMesh.Infra;

/// <summary>A Helm chart at a pinned version.</summary>
/// <param name="Name">Its name in the repository.</param>
/// <param name="Repository">Where it is published.</param>
/// <param name="Version">The version; it brings the images that its maintainers tested with it.</param>
internal sealed record Chart(string Name, string Repository, string Version)
{
    public static Chart Prometheus { get; } = new("prometheus", PrometheusCommunity, "29.27.0");

    public static Chart KubeStateMetrics { get; } = new("kube-state-metrics", PrometheusCommunity, "8.4.0");

    /// <summary>Lives with its community since January 2026: https://github.com/grafana/helm-charts, charts/grafana/README.md.</summary>
    public static Chart Grafana { get; } = new("grafana", "https://grafana-community.github.io/helm-charts", "12.11.1");

    public static Chart Jaeger { get; } = new("jaeger", "https://jaegertracing.github.io/helm-charts", "4.11.1");

    public static Chart Kiali { get; } = new("kiali-server", "https://kiali.org/helm-charts", "2.29.0");

    private const string PrometheusCommunity = "https://prometheus-community.github.io/helm-charts";
}
