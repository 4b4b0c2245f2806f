using System.Globalization;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Cluster;

/// <summary>The article's dark launch, as a Prometheus sees it that scrapes the proxies of both versions.</summary>
[Collection(nameof(OneMesh))]
public sealed class DarkLaunchMetrics(Mesh mesh)
{
    private const int Requests = 500;

    // Requests per second; what is proven here needs many requests, not many at once.
    private const int Rate = 50;

    // What Envoy has handed to the application. Envoy's own statistics are there whichever filters a build of it has.
    private const string Received = "envoy_cluster_upstream_rq_total{cluster_name=~\"inbound.*\"}";

    [PrometheusClusterFact]
    public async Task The_rate_of_v2_is_that_of_v1_while_every_answer_is_v1s()
    {
        await mesh.ToAsync("canaryVersion=v2");
        var pods = await Pods.OfAsync(mesh.Namespace, "app=gopher-distributor");
        await using var apiServer = await ApiServerProxy.StartAsync();
        await using var prometheus = await LocalPrometheus.StartAsync(Scraping(pods, apiServer));

        var start = await ScrapedAsync(prometheus, pods.Count);
        var batch = await LoadGenerator.BatchAsync(mesh.Gateway, Requests, Rate);
        Assert.True(batch.By("v1") == Requests, $"{batch.By("v1")} of {Requests} answers are v1's; {batch.Failures()}");
        // The last copies may arrive after the last answer; whatever is more than one a request shows in the scrapes after that.
        await prometheus.UntilAsync($"sum({Received}) - (sum({Received} @ {start}) or vector(0)) >= {2 * Requests}");
        var end = await ScrapedAsync(prometheus, pods.Count);

        // A proxy has the counter from its first request on.
        var total = $"sum by (version) ({Received} @ {end})";
        var answers = await prometheus.QueryAsync($"({total} - (sum by (version) ({Received} @ {start}) or {total} * 0)) / ({end} - {start})");
        var rates = answers.ToDictionary(sample => sample.Labels["version"], sample => sample.Value);
        Report.Line($"dark launch in Prometheus: {rates["v1"]:0.00} requests/s at v1, {rates["v2"]:0.00} at v2; all {batch.Count} answers are v1's");
        Assert.Equal(Requests / (Number(end) - Number(start)), rates["v1"], precision: 6);
        Assert.Equal(rates["v1"], rates["v2"]);
    }

    // By way of the API server, as the pods' own addresses are reached only from within a cluster.
    private static string Scraping(IEnumerable<Pod> pods, ApiServerProxy apiServer) => $$"""
        scrape_configs:
          - job_name: proxies
            static_configs:
        {{string.Join('\n', pods.Select(pod => $$"""
              - targets: ["{{apiServer.Authority}}"]
                labels:
                  pod: {{pod.Name}}
                  version: {{pod.Body["metadata"]!["labels"]!["version"]}}
                  __metrics_path__: /api/v1/namespaces/{{pod.Namespace}}/pods/{{pod.Name}}:15090/proxy/stats/prometheus
        """))}}
        """;

    // A moment before which every proxy has been scraped since this was called: nothing is sent meanwhile, so that it stands for all of them.
    private static async Task<string> ScrapedAsync(LocalPrometheus prometheus, int proxies)
    {
        var now = Text(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        var scraped = await prometheus.UntilAsync($"max(timestamp(up == 1)) and on () (count(timestamp(up == 1) > {now}) == {proxies})");
        return Text(scraped.Single().Value);
    }

    private static string Text(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    private static double Number(string seconds) => double.Parse(seconds, CultureInfo.InvariantCulture);
}

/// <summary>A fact that needs a cluster and Prometheus; skipped, with the reason, where one of them is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusClusterFactAttribute : FactAttribute
{
    public PrometheusClusterFactAttribute() => Skip = ClusterSettings.SkipReason ?? LocalPrometheus.SkipReason;
}
