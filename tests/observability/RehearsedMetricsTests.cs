using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Rehearse.Metrics;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>The rehearsal's metrics answer the same queries as a cluster's.</summary>
public class RehearsedMetricsTests
{
    private const string Sent = "sum(istio_requests_total{reporter=\"source\", destination_service_name=\"gopher-distributor\"})";
    private const string Copied = "sum(istio_requests_total{reporter=\"destination\", destination_version=\"v2\"})";

    private static readonly HashSet<string> Unasked =
    [
        // About the control plane, which a rehearsal does not have.
        "From a change to the proxies, p99",

        // About pods, for which a cluster has kube-state-metrics and cAdvisor; SaturationTests sends the latter four.
        "Ready pods", "Restarts", .. SaturationTests.Panels,

        // Alerts are not evaluated long enough for one to fire.
        "Alerts",

        // About failures, of which a dark launch has none; the test of a version without pods sends these queries.
        "Failures", "version:istio_requests_failed:rate5m", "version:istio_requests_failed:increase5m",

        // The services' own metrics, which the rehearsal's address does not serve; ServiceMetricsTests sends these queries.
        .. ServiceMetricsTests.Panels,
    ];

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

        Assert.Equal(1, await ValueAsync(prometheus, "version:virtualservice_weight:ratio{destination_version=\"v1\"}"));
        Assert.Empty(await prometheus.QueryAsync("istio_requests_total{reporter=\"source\", destination_version=\"v2\"}"));
        Assert.Empty(await prometheus.QueryAsync("version:istio_requests:share_rate5m{destination_version=\"v2\"}"));
        await EveryQueryAnswersAsync(prometheus);
    }

    // The picture of the docs is drawn by the same script.
    [NodeAndPrometheusFact]
    public async Task Every_panel_of_a_rehearsal_is_drawn_with_Grafanas_names_units_and_colours()
    {
        await using var mesh = await RehearsedMesh.StartAsync("canaryVersion=v2", "canaryWeight=50");
        await using var prometheus = await LocalPrometheus.StartAsync(Scraping(mesh.Metrics));
        var start = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        // As above: the series first, then the requests that count.
        await mesh.SendAsync(20);
        await prometheus.UntilAsync($"{Sent} >= 20");
        await mesh.SendAsync(100);
        foreach (var query in Dashboards.Panels.Where(panel => panel.Type != "stat" && !Unasked.Contains(panel.Title)).SelectMany(panel => panel.Queries))
        {
            await prometheus.UntilAsync(Dashboards.Resolved(query).Replace("[1m]", "[30s]", StringComparison.Ordinal));
        }

        var page = await NodeScript.RunAsync<Drawing>("draw.mjs", new { prometheus = prometheus.Address, start, end = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1 });

        var drawn = Dashboards.Panels.TakeWhile(panel => panel.Title != Dashboards.Under("The pods").First()).Select(panel => panel.Title);
        Assert.Equal(drawn, page.Panels.Where(panel => panel.Kind != "row").Select(panel => panel.Title));
        Assert.All(page.Panels.Where(panel => !Unasked.Contains(panel.Title)), panel => Assert.True(panel.Count > 0 || panel.Kind == "row", $"{panel.Title} is empty"));
        var split = page.Panels.Single(panel => panel.Title == "Observed against declared split").Series!;
        Assert.Equal(["v1 #5794F2", "v1 declared #5794F2", "v2 #FF9830", "v2 declared #FF9830"], split.Select(series => $"{series.Name} {series.Colour}").Order(StringComparer.Ordinal));
        Assert.All(split.Where(series => series.Name.EndsWith("declared", StringComparison.Ordinal)), series => Assert.Equal("50%", series.Last));
        Assert.Contains("<!doctype html>", page.Html, StringComparison.Ordinal);
    }

    [PrometheusFact]
    public async Task Requests_that_reach_no_pod_are_seen_and_raise_an_alert()
    {
        await using var mesh = await RehearsedMesh.StartAsync(await WithoutPodsAsync("v2", "canaryVersion=v2", "canaryWeight=100"));
        await using var prometheus = await LocalPrometheus.StartAsync(Scraping(mesh.Metrics));

        // As above: the series first, then the requests that count.
        await mesh.SendAsync(20);
        await prometheus.UntilAsync($"{Sent} >= 20");
        await mesh.SendAsync(40);
        await prometheus.UntilAsync($"{Sent} >= 60");

        await prometheus.UntilAsync(Alert("DeclaredWeightWithoutTraffic"));
        await prometheus.UntilAsync(Alert("RequestsReachNoPod"));
        const string Success = "version:istio_requests_success:ratio_rate5m{destination_service_name=\"gopher-distributor\"}";
        Assert.Equal(0, await ValueAsync(prometheus, Success));
        Assert.Equal("UH", Assert.Single(Assert.Single(await PanelAsync(prometheus, "Failures"))).Labels["response_flags"]);
        var success = await PanelAsync(prometheus, "Success rate as callers see it");
        Assert.Equal([0, 0], success.Select(answer => Assert.Single(answer).Value));
    }

    private static string Alert(string name) => RuleFiles.All.Single(rule => rule.Alert == name).Expression;

    private static async Task<double> ValueAsync(LocalPrometheus prometheus, string query) =>
        Assert.Single(await prometheus.QueryAsync(query)).Value;

    private static Task<IReadOnlyList<Sample>[]> PanelAsync(LocalPrometheus prometheus, string title)
    {
        var queries = Dashboards.Panels.Single(panel => panel.Title == title).Queries;
        return Task.WhenAll(queries.Select(query => prometheus.QueryAsync(Dashboards.Resolved(query))));
    }

    // Its subset selects no pod.
    private static async Task<Declaration> WithoutPodsAsync(string version, params string[] settings)
    {
        var declaration = await RehearsedMesh.DeclarationAsync(settings);
        var subset = declaration.Resources
            .Where(resource => (string?)resource.Inputs["kind"] == "DestinationRule")
            .SelectMany(rule => rule.Inputs["spec"]!["subsets"] as JsonArray ?? [])
            .Single(subset => (string?)subset!["name"] == version)!;
        subset["labels"]!["version"] = "none";
        return declaration;
    }

    private static string Scraping(Uri target) => $$"""
        rule_files: [{{string.Join(", ", RuleFiles.Rules)}}]
        scrape_configs: [{job_name: rehearsal, honor_labels: true, static_configs: [{targets: ["{{target.Authority}}"]}]}]
        """;

    private static async Task EveryQueryAnswersAsync(LocalPrometheus prometheus)
    {
        // Latencies need a second scrape after the first requests; counts have a rate from the first.
        foreach (var record in RuleFiles.All.Select(rule => rule.Record).OfType<string>().Except(Unasked))
        {
            await prometheus.UntilAsync(record);
        }

        foreach (var alert in RuleFiles.All.Where(rule => rule.Alert is not null))
        {
            await prometheus.QueryAsync(alert.Expression);
        }

        foreach (var panel in Dashboards.Panels)
        {
            AssertAnswered(panel.Title, await PanelAsync(prometheus, panel.Title));
        }
    }

    private static void AssertAnswered(string name, IReadOnlyList<IReadOnlyList<Sample>> answers) => Assert.True(
        Unasked.Contains(name) || answers.All(answer => answer.Count > 0), $"{name}: {answers.Sum(answer => answer.Count)} series");

    private sealed record Drawing(string Html, Drawn[] Panels);

    private sealed record Drawn(string Title, string Kind, Series[]? Series, JsonArray? Numbers, JsonArray? Rows)
    {
        public int Count => Series?.Length ?? Numbers?.Count ?? Rows?.Count ?? 0;
    }

    private sealed record Series(string Name, string Colour, string Last);
}

/// <summary>The declared system live on this machine, with its metrics served as `gopherctl rehearse --serve` does it.</summary>
internal sealed class RehearsedMesh : IAsyncDisposable
{
    private readonly MeshRehearsal _rehearsal;
    private readonly MetricsServer _metrics;

    private RehearsedMesh(MeshRehearsal rehearsal, MetricsServer metrics) => (_rehearsal, _metrics) = (rehearsal, metrics);

    /// <summary>The address that a Prometheus scrapes.</summary>
    public Uri Metrics => _metrics.Address;

    /// <summary>What the local stack declares with <paramref name="settings"/> in place of its own.</summary>
    public static Task<Declaration> DeclarationAsync(params string[] settings) =>
        ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(Repository.Root, "local", settings));

    /// <summary>Starts what the local stack declares with <paramref name="settings"/> in place of its own.</summary>
    public static async Task<RehearsedMesh> StartAsync(params string[] settings) => await StartAsync(await DeclarationAsync(settings));

    /// <summary>Starts what is declared.</summary>
    public static async Task<RehearsedMesh> StartAsync(Declaration declaration)
    {
        var rehearsal = await MeshRehearsal.StartAsync(seed: 1, CancellationToken.None);
        (await rehearsal.DeclareAsync(declaration, CancellationToken.None)).OrThrow();
        return new(rehearsal, await MetricsServer.StartAsync(rehearsal.WriteMetrics, CancellationToken.None));
    }

    /// <summary>Sends requests through the gateway; returns when the last mirrored copy has arrived.</summary>
    public Task SendAsync(int requests) => _rehearsal.VerifyAsync(requests, _ => { }, CancellationToken.None);

    /// <summary>The text of a scrape.</summary>
    public string Scrape()
    {
        using var text = new StringWriter();
        _rehearsal.WriteMetrics(text);
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _metrics.DisposeAsync();
        await _rehearsal.DisposeAsync();
    }
}

/// <summary>A test that needs Prometheus itself; skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = LocalPrometheus.SkipReason;
}
