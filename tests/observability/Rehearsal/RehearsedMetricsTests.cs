using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>The rehearsal's metrics answer the queries that a cluster's do.</summary>
public class RehearsedMetricsTests
{
    private const string Sent = "sum(istio_requests_total{reporter=\"source\", destination_canonical_service=\"gopher-distributor\"})";
    private const string Copied = "sum(istio_requests_total{reporter=\"destination\", destination_version=\"v2\"})";

    // About the control plane, which a rehearsal does not have, and about failures, of which a busy machine may cause some.
    private static readonly HashSet<string> Unasked = ["From a change to the proxies, p99", "Failures", "version:istio_requests_failed:rate5m"];

    [Fact]
    public async Task Tells_what_the_VirtualService_declares_as_kube_state_metrics_does()
    {
        await using var mesh = await RehearsedMesh.StartAsync("canaryVersion=v2", "mirrorPercent=20");

        const string Of = "namespace=\"gophers\",virtualservice=\"gopher-distributor\"";
        Assert.Equal(
            [
                $"kube_virtualservice_route_weight{{{Of},version=\"v1\"}} 100",
                $"kube_virtualservice_route_weight{{{Of},version=\"v2\"}} 0",
                $"kube_virtualservice_mirror_percentage{{{Of},version=\"v2\"}} 20",
                $"kube_virtualservice_stable_info{{{Of},version=\"v1\"}} 1",
                $"kube_virtualservice_canary_info{{{Of},version=\"v2\"}} 1",
            ],
            mesh.Scrape().Split('\n').Where(line => line.StartsWith("kube_", StringComparison.Ordinal)));
    }

    [PrometheusFact]
    public async Task A_dark_launch_looks_as_the_article_says()
    {
        await using var mesh = await RehearsedMesh.StartAsync("canaryVersion=v2");
        await using var prometheus = await LocalPrometheus.StartAsync(Scraping(mesh.Metrics));

        // A counter's first value has no rate: the series are there before the requests that count.
        await mesh.SendAsync(60);
        await prometheus.UntilAsync($"{Copied} >= 60");
        await mesh.SendAsync(240);
        await prometheus.UntilAsync($"{Sent} >= 300 and {Copied} == {Sent}");
        await prometheus.UntilAsync("version:istio_requests_mirrored:rate5m{destination_version=\"v2\"} > 0");

        Assert.Equal(1, Assert.Single(await prometheus.QueryAsync("version:virtualservice_weight:ratio{destination_version=\"v1\"}")).Value);
        Assert.Empty(await prometheus.QueryAsync("istio_requests_total{reporter=\"source\", destination_version=\"v2\"}"));
        Assert.Empty(await prometheus.QueryAsync("version:istio_requests:share_rate5m{destination_version=\"v2\"}"));
        await EveryQueryAnswersAsync(prometheus);
    }

    private static string Scraping(Uri target) => $$"""
        rule_files: [{{string.Join(", ", RuleFiles.Rules)}}]
        scrape_configs: [{job_name: rehearsal, honor_labels: true, static_configs: [{targets: ["{{target.Authority}}"]}]}]
        """;

    private static async Task EveryQueryAnswersAsync(LocalPrometheus prometheus)
    {
        foreach (var record in RuleFiles.All.Select(rule => rule.Record).OfType<string>())
            AssertAnswered(record, [await prometheus.QueryAsync(record)]);
        foreach (var alert in RuleFiles.All.Where(rule => rule.Alert is not null))
            await prometheus.QueryAsync(alert.Expression);
        foreach (var panel in Dashboards.Panels)
            AssertAnswered(panel.Title, await Task.WhenAll(panel.Queries.Select(query => prometheus.QueryAsync(Dashboards.Resolved(query)))));
    }

    private static void AssertAnswered(string name, IReadOnlyList<IReadOnlyList<Sample>> answers) => Assert.True(
        Unasked.Contains(name) || answers.All(answer => answer.Count > 0), $"{name}: {answers.Sum(answer => answer.Count)} series");
}
