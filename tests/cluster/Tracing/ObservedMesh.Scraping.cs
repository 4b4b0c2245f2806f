using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Instruments;
using GopherMesh.Tests.Observability;

namespace GopherMesh.Tests.Cluster.Tracing;

/// <summary>What the declared Prometheus finds there.</summary>
public sealed partial class ObservedMesh
{
    private const string Istio = "istio-system";

    [PrometheusClusterFact]
    public async Task Istiod_the_gateway_and_every_gopher_are_scraped_and_no_other_pod()
    {
        IReadOnlyList<Pod> expected =
        [
            .. await Pods.OfAsync(Istio, "app=istiod"),
            .. await Pods.OfAsync(Istio, "istio=ingressgateway"),
            .. await Pods.OfAsync(mesh.Namespace, "app"),
        ];
        await using var apiServer = await ApiServerProxy.StartAsync();
        await using var prometheus = await StartPrometheusAsync(apiServer);

        // Prometheus spreads its first scrapes over one interval: once a target has had three, every other has had one.
        await prometheus.UntilAsync($"count(up == 1) >= {expected.Count} and on () max(count_over_time(up[1m])) >= 3");
        var up = await prometheus.QueryAsync("up == 1");

        var apps = string.Join(", ", up.Select(sample => sample.Labels["app"]).Distinct().Order());
        Report.Line($"scraped as declared: {up.Count} pods of {apps}");
        Assert.Equal(
            expected.Select(pod => $"{pod.Namespace}/{pod.Name} of {pod.Body["metadata"]!["labels"]!["app"]}").Order(),
            up.Select(sample => $"{sample.Labels["namespace"]}/{sample.Labels["pod"]} of {sample.Labels["app"]}").Order());
        Assert.Empty(await prometheus.QueryAsync("up != 1"));
    }

    [PrometheusClusterFact]
    public async Task What_the_queries_name_of_istiod_and_Envoy_is_emitted_and_a_refusal_raises_the_alert()
    {
        // istiod counts refusals from the first one on.
        await using var refused = await RefusedConfiguration.PushAsync(mesh.Namespace);
        await using var apiServer = await ApiServerProxy.StartAsync();
        await using var prometheus = await StartPrometheusAsync(apiServer);

        foreach (var (metric, labels) in KnownMetrics.All.Where(metric => metric.Key.Split('_')[0] is "pilot" or "envoy"))
        {
            foreach (var label in labels)
            {
                await prometheus.UntilAsync($"{metric}{{{label}!=\"\"}}");
            }
        }

        // Other tests on the same mesh push routes that proxies refuse; a refused cluster has a type of its own.
        var alert = DeclaredAlerts.Expression("ProxiesRejectConfiguration");
        await prometheus.UntilAsync($"({alert}) and on (type) label_replace(vector(1), \"type\", \"cds\", \"\", \"\")");
        Assert.Empty(await prometheus.QueryAsync(DeclaredAlerts.Expression("IstiodAbsent")));
    }

    private async Task<LocalPrometheus> StartPrometheusAsync(ApiServerProxy apiServer) =>
        await LocalPrometheus.StartAsync(await DeclaredScrape.OfAsync(apiServer, Istio, mesh.Namespace));
}
