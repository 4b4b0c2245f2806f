using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Helm.V3;
using Pulumi.Kubernetes.Networking.V1;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Helm.V3;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Map = System.Collections.Generic.Dictionary<string, object>;

namespace GopherMesh.Infra;

/// <summary>
/// Prometheus, Grafana, Kiali, Jaeger and kube-state-metrics, each from its own chart, in a namespace of their own that goes with all
/// they kept. No gopher depends on them: that one of them fails to start must not stop a rollback.
/// </summary>
public sealed class ObservabilityTools : ComponentResource
{
    /// <summary>The namespace of all of them.</summary>
    public const string Namespace = "observability";

    private readonly Namespace _home;
    private readonly NetworkPolicy _policy;

    /// <summary>Declares them in <paramref name="cluster"/>, behind <paramref name="mesh"/>.</summary>
    public ObservabilityTools(Settings settings, ClusterHandle cluster, IstioMesh mesh)
        : base("gopher-mesh:observability:Tools", Namespace, new ComponentResourceOptions { Provider = cluster.Provider })
    {
        _home = new Namespace(
            Namespace, new NamespaceArgs { Metadata = HomeMetadata() }, new() { Parent = this, DependsOn = [mesh.Gateway] });
        _policy = ToolsPolicy.Declare(settings.Gophers.Namespace, new() { Parent = this, DependsOn = [_home] });
        var storage = MetricsVolume.Declare(settings, cluster.Tags, new() { Parent = this, DependsOn = [.. cluster.Ready] });
        var prometheus = Install(
            PrometheusValues.Service,
            Chart.Prometheus,
            PrometheusValues.For(settings.Observability, MetricsVolume.ClassFor(settings)),
            [Files(PrometheusValues.Config, "prometheus"), .. storage]);
        Install(
            KubeStateMetricsValues.Service,
            Chart.KubeStateMetrics,
            KubeStateMetricsValues.All(),
            Files(KubeStateMetricsValues.Config, "kube-state-metrics"));
        var jaeger = Install(JaegerValues.Service, Chart.Jaeger, JaegerValues.All());
        var grafana = Install(
            GrafanaValues.Service,
            Chart.Grafana,
            GrafanaValues.For(settings.Mesh.IstioVersion),
            Files(GrafanaValues.Dashboards, "dashboards"));

        // Kiali mounts the Secret with Grafana's password, and does not start before what it asks is there.
        Install(KialiValues.Service, Chart.Kiali, KialiValues.All(), prometheus, jaeger, grafana);
        RegisterOutputs();
    }

    /// <summary>The lines that open a tunnel to each of them, and the one that logs in.</summary>
    public static Dictionary<string, string> Commands(Settings settings)
    {
        var kubectl = $"kubectl{(settings.Cluster.Context is { } context ? $" --context {context}" : "")} --namespace {Namespace}";
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

    // No label for injection: what watches the mesh must not need it. All of its pods keep the strictest standard.
    private static ObjectMetaArgs HomeMetadata() => new()
    {
        Name = Namespace,
        Labels = { ["pod-security.kubernetes.io/enforce"] = "restricted" },
    };

    private ConfigMap Files(string name, string folder) => new(
        name,
        new ConfigMapArgs
        {
            Metadata = new ObjectMetaArgs { Name = name, Namespace = Namespace },
            Data = ObservabilityFiles.In(folder),
        },
        new() { Parent = this, DependsOn = [_home] });

    private Release Install(string name, Chart chart, Map values, params IEnumerable<Resource> after) => new(
        name,
        new ReleaseArgs
        {
            Name = name,
            Namespace = Namespace,
            Chart = chart.Name,
            Version = chart.Version,
            RepositoryOpts = new RepositoryOptsArgs { Repo = chart.Repository },
            Values = values,
            Atomic = true,

            // Seconds. On a new cluster a node starts first, and the images are pulled.
            Timeout = 900,
            MaxHistory = 5,
        },
        new() { Parent = this, DependsOn = [_home, _policy, .. after] });
}
