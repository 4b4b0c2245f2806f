using System.Text.RegularExpressions;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>A running service serves the metrics that the dashboard queries.</summary>
public sealed partial class ServiceMetricsTests
{
    private const string Row = "What the services say";

    /// <summary>The titles of the panels about them: those under their row.</summary>
    internal static IReadOnlyList<string> Panels { get; } = [.. Dashboards.Under(Row)];

    [Fact]
    public async Task A_service_serves_every_metric_of_its_own_that_a_query_may_name_with_the_labels()
    {
        await using var service = await RunningService.StartAsync();
        await service.AnswerAsync(3);

        var served = (from line in (await service.ScrapeAsync()).Split('\n')
                      let match = Series().Match(line)
                      where match.Success
                      from label in Label().Matches(match.Groups["labels"].Value).Select(label => label.Groups[1].Value)
                      select (Metric: match.Groups["metric"].Value, Label: label))
            .ToLookup(series => series.Metric, series => series.Label);

        var own = KnownMetrics.All.Keys.Where(metric => Own().IsMatch(metric)).ToList();
        Assert.NotEmpty(own);
        Assert.All(own, metric => Assert.Empty(KnownMetrics.All[metric].Except(KnownMetrics.OfTarget).Except(served[metric])));
    }

    [PrometheusFact]
    public async Task Its_panels_answer_with_the_version()
    {
        await using var service = await RunningService.StartAsync();
        await service.AnswerAsync(3);
        await using var prometheus = await LocalPrometheus.StartAsync($$"""
            scrape_configs:
              - job_name: pods
                static_configs: [{targets: ["{{service.Metrics.Authority}}"], labels: {namespace: gophers, pod: distributor-1} }]
            """);

        Assert.Equal(4, Panels.Count);
        foreach (var panel in Dashboards.Panels.Where(panel => Panels.Contains(panel.Title)))
        {
            // A rate needs two scrapes.
            var answer = await prometheus.UntilAsync(Dashboards.Resolved(Assert.Single(panel.Queries)));
            Assert.Equal("v2", Assert.Single(answer).Labels["service_version"]);
        }
    }

    [GeneratedRegex(@"\A(?<metric>[a-z_]+)\{(?<labels>.*)\} \S+\z")]
    private static partial Regex Series();

    [GeneratedRegex("([a-z0-9_]+)=\"")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A(http_server_|dotnet_|target_info\z)")]
    private static partial Regex Own();
}
