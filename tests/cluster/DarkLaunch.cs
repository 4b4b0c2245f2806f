using System.Globalization;
using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Cluster;

/// <summary>The promise of a dark launch: whatever the new version does, nobody notices.</summary>
/// <remarks>
/// Every second request of one load names v1 in the preview header: it takes the same way to the same pods, and is never copied. What
/// else the machine does meets both kinds alike, so that no clock decides: if a copy cost its live request anything, more than half of
/// the slowest requests would be copied ones.
/// </remarks>
[Collection(nameof(OneMesh))]
public sealed class HangingMirror(Mesh mesh)
{
    private const string PreviewHeader = "x-gopher-version";
    private const int Requests = 6_000;

    [ClusterFact]
    public async Task A_mirror_that_hangs_neither_delays_nor_fails_a_live_request()
    {
        await mesh.ToAsync("canaryVersion=v2", $"previewHeader={PreviewHeader}");
        await SendAsync("answers");

        await mesh.ToAsync(
            Rendering.Versions(v2: $"{ClusterSettings.StubRepository}:hang"), "canaryVersion=v2", $"previewHeader={PreviewHeader}");
        var hanging = await SendAsync("hangs");

        // The slowest hundredth is what lies beyond the p99 of both kinds together; if theirs is one p99, it holds as many of each.
        var slowest = hanging.Slowest(Requests / 100);
        var (least, most) = ShareTest.Acceptance(slowest.Count, 0.5);
        var copied = slowest.Answers.Count(IsCopied);
        Report.Line($"of the {slowest.Count} slowest beside a mirror that hangs {copied} were copied (bounds {least} and {most})");
        Assert.InRange(copied, least, most);
    }

    private async Task<Recording> SendAsync(string does)
    {
        var batch = await LoadGenerator.BatchAsync(mesh.Gateway, Requests, prepare: (number, request) =>
        {
            if (number % 2 == 1)
            {
                request.Headers.Add(PreviewHeader, "v1");
            }
        });
        Report.Line($"a mirror that {does}: copied {Latencies(batch, copied: true)}, not copied {Latencies(batch, copied: false)}");
        Assert.True(batch.Failed.Count == 0, batch.Failures());
        Assert.All(batch.Answers, answer => Assert.Equal("v1", answer.Version));
        return batch;
    }

    private static bool IsCopied(Answer answer) => answer.Number % 2 == 0;

    private static FormattableString Latencies(Recording batch, bool copied)
    {
        var kind = new Recording([.. batch.Answers.Where(answer => IsCopied(answer) == copied)]);
        return $"p50 {kind.Percentile(0.5).TotalMilliseconds:0} ms, p99 {kind.Percentile(0.99).TotalMilliseconds:0} ms";
    }
}

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
