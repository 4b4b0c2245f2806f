using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>The dashboards, as far as they can be judged without a Grafana.</summary>
public class DashboardTests
{
    // Grafana's ids, packages/grafana-data/src/valueFormats/categories.ts. `short` counts things that have no unit.
    private static readonly HashSet<string?> Units = ["reqps", "ms", "s", "percent", "percentunit", "bytes", "short"];

    public static TheoryData<string> Panels => [.. Dashboards.Panels.Select(panel => panel.ToString())];

    public static TheoryData<string> Stats => [.. Dashboards.Panels.Where(panel => panel.Type == "stat").Select(panel => panel.ToString())];

    public static TheoryData<string> Names => [.. Dashboards.Files.Keys];

    [Theory]
    [MemberData(nameof(Panels))]
    public void A_panel_has_a_unit(string name) => Assert.Contains(Panel(name).Unit, Units);

    [Theory]
    [MemberData(nameof(Panels))]
    public void A_panel_says_what_it_shows(string name) => Assert.False(string.IsNullOrWhiteSpace(Panel(name).Description));

    [Theory]
    [MemberData(nameof(Panels))]
    public void A_panel_asks_something(string name) => Assert.NotEmpty(Panel(name).Queries);

    // A range would show the last value of a series that ended half an hour ago.
    [Theory]
    [MemberData(nameof(Stats))]
    public void A_number_is_the_one_of_now(string name) => Assert.All(
        Panel(name).Body["targets"]!.AsArray(),
        target => Assert.Equal((true, false), ((bool?)target!["instant"], (bool?)target["range"])));

    // Grafana's default thresholds are green below 80 and red from there.
    [Theory]
    [MemberData(nameof(Stats))]
    public void A_number_has_thresholds_of_its_own(string name)
    {
        var steps = Panel(name).Defaults["thresholds"]?["steps"]?.AsArray() ?? [];

        Assert.NotEmpty(steps);
        Assert.Null(steps[0]!["value"]);
        Assert.DoesNotContain(80, steps.Select(step => (double?)step!["value"]).OfType<double>());
    }

    // A mirror of 100 % is no worse than one of 10 %: the colour of a share shows its version.
    [Theory]
    [MemberData(nameof(Stats))]
    public void A_share_by_version_has_the_colour_of_the_version(string name)
    {
        var panel = Panel(name);
        var byVersion = panel.Queries.Any(query => query.Contains("destination_version", StringComparison.Ordinal)
            || query.Contains("share", StringComparison.Ordinal));

        Assert.Equal(byVersion ? "palette-classic-by-name" : "thresholds", (string?)panel.Defaults["color"]?["mode"]);
    }

    // A zero from `or vector(0)` would hide it.
    [Theory]
    [MemberData(nameof(Stats))]
    public void A_number_says_what_it_means_that_there_is_none(string name)
    {
        var panel = Panel(name);
        var never = panel.Queries.All(query => query.EndsWith("or vector(0)", StringComparison.Ordinal));

        Assert.Equal(never, panel.Defaults["noValue"] is null);
    }

    [Fact]
    public void A_version_has_one_colour_in_all_panels()
    {
        var byVersion = Dashboards.Panels.Where(panel => panel.Body["targets"]!.AsArray().Any(target => Legend(target!).Contains("version")));

        Assert.NotEmpty(byVersion);
        Assert.Single(byVersion.Select(panel => string.Join(
            '\n', panel.Body["fieldConfig"]!["overrides"]!.AsArray().Where(IsColour).Where(IsOfVersion).Select(rule => rule!.ToJsonString()))).Distinct());
        static string Legend(JsonNode target) => (string)target["legendFormat"]!;
        static bool IsColour(JsonNode? rule) => (string?)rule!["properties"]![0]!["id"] == "color";
        static bool IsOfVersion(JsonNode? rule) => (string?)rule!["matcher"]!["id"] == "byRegexp";
    }

    [Theory]
    [InlineData("Traces")]
    [InlineData("Service graph (Kiali)")]
    [InlineData("Alerts and rules (Prometheus)")]
    public void The_dashboard_links_to(string tool) => Assert.Contains(
        Dashboards.Files["gopher-rollout.json"]["links"]!.AsArray(), link => (string?)link!["title"] == tool);

    // Thresholds cannot be asked of Prometheus, so the number stands there again.
    [Fact]
    public void The_objective_is_that_of_the_rule_wherever_it_is_named()
    {
        var rule = RuleFiles.All.Single(rule => rule.Record == "gopher:success_objective:ratio").Expression;
        var objective = double.Parse(rule["vector(".Length..^1], CultureInfo.InvariantCulture);
        var percent = string.Create(CultureInfo.InvariantCulture, $"{objective * 100:0.###} %");
        var panel = Panel(Dashboards.Panels.Single(panel => panel.Title == "Success, 1 hour").ToString());

        Assert.Equal(objective, (double)panel.Defaults["thresholds"]!["steps"]![1]!["value"]!);
        Assert.All(
            [panel.Description!, string.Join('\n', Docs.Lines(Docs.Observability))],
            text => Assert.Contains($"objective is {percent}", text, StringComparison.Ordinal));
        Assert.Contains($"budget is {string.Create(CultureInfo.InvariantCulture, $"{100 - (objective * 100):0.###} %")}", string.Join('\n', Docs.Lines(Docs.Observability)), StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_show_where_the_declared_weight_rose_and_where_alerts_fired() => Assert.Equal(
        ["Shifts", "Alerts"], Dashboards.Files["gopher-rollout.json"]["annotations"]!["list"]!.AsArray().Select(mark => (string?)mark!["name"]));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_dashboard_has_an_id_of_its_own_and_none_of_a_database(string name)
    {
        Assert.Equal(Path.GetFileNameWithoutExtension(name), (string?)Dashboards.Files[name]["uid"]);
        Assert.False(Dashboards.Files[name].ContainsKey("id"));
        Assert.Distinct(Dashboards.Files[name]["panels"]!.AsArray().Select(panel => (int)panel!["id"]!));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_do_not_cover_each_other(string name)
    {
        var cells = from panel in Dashboards.Files[name]["panels"]!.AsArray()
                    let at = panel!["gridPos"]!
                    from x in Enumerable.Range((int)at["x"]!, (int)at["w"]!)
                    from y in Enumerable.Range((int)at["y"]!, (int)at["h"]!)
                    select (x, y);

        Assert.Distinct(cells);
        Assert.All(cells, cell => Assert.InRange(cell.x, 0, 23));
    }

    [PromtoolFact]
    public async Task Prometheus_understands_every_query()
    {
        var rules = Dashboards.Panels
            .SelectMany(panel => panel.Queries)
            .Concat(Dashboards.AnnotationQueries)
            .Select(query => new { record = "query", expr = Dashboards.Resolved(query) });
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { groups = new[] { new { name = "panels", rules } } }));

        var (_, output) = await PrometheusTool.RunAsync("check", "rules", "--lint=none", file);

        File.Delete(file);
        Assert.Contains($"SUCCESS: {rules.Count()} rules found", output, StringComparison.Ordinal);
    }

    private static Panel Panel(string name) => Dashboards.Panels.Single(panel => panel.ToString() == name);
}

/// <summary>How full the pods are: by version and container, of what the pods' own containers may use.</summary>
public class SaturationTests
{
    private const string Pod = """namespace="gophers", pod="gopher-distributor-v2-1" """;

    /// <summary>The panels, by their titles.</summary>
    public static readonly IReadOnlyList<string> Panels = ["CPU of the limit", "CPU, throttled", "Memory of the limit", "CPU of the request"];

    // A minute: half a CPU of one, a quarter of the periods throttled, 96 of 128 MiB; the proxy is an init container that goes on running.
    private static readonly (string Series, string Values)[] Samples =
    [
        ($$"""kube_pod_labels{{{Pod}}, label_app="gopher-distributor", label_version="v2"}""", "1+0x10"),
        ($$"""kube_pod_labels{namespace="gophers", pod="gopher-requester-1", label_app="gopher-requester"}""", "1+0x10"),
        ($$"""kube_pod_container_resource_limits{{{Pod}}, container="gopher-distributor", node="n", resource="cpu", unit="core", uid="1"}""", "1+0x10"),
        ($$"""kube_pod_container_resource_limits{{{Pod}}, container="gopher-distributor", node="n", resource="memory", unit="byte", uid="1"}""", "134217728+0x10"),
        ($$"""kube_pod_container_resource_requests{{{Pod}}, container="gopher-distributor", node="n", resource="cpu", unit="core", uid="1"}""", "0.05+0x10"),
        ($$"""kube_pod_init_container_resource_limits{{{Pod}}, container="istio-proxy", node="n", resource="cpu", unit="core", uid="1"}""", "2+0x10"),
        ($$"""container_cpu_usage_seconds_total{job="cadvisor", {{Pod}}, container="gopher-distributor", id="/a"}""", "0+7.5x10"),
        ($$"""container_cpu_usage_seconds_total{job="cadvisor", {{Pod}}, container="istio-proxy", id="/b"}""", "0+3x10"),
        ($$"""container_cpu_cfs_periods_total{job="cadvisor", {{Pod}}, container="gopher-distributor", id="/a"}""", "0+100x10"),
        ($$"""container_cpu_cfs_throttled_periods_total{job="cadvisor", {{Pod}}, container="gopher-distributor", id="/a"}""", "0+25x10"),
        ($$"""container_memory_working_set_bytes{job="cadvisor", {{Pod}}, container="gopher-distributor", id="/a"}""", "100663296+0x10"),
    ];

    [PromtoolTheory]
    [InlineData("CPU of the limit", "gopher-distributor 0.5, istio-proxy 0.1")]
    [InlineData("CPU, throttled", "gopher-distributor 0.25")]
    [InlineData("Memory of the limit", "gopher-distributor 0.75")]
    [InlineData("CPU of the request", "gopher-distributor 10")]
    public async Task Is_known_by_version_and_container_of_what_a_container_may_use(string panel, string expected)
    {
        var query = Dashboards.Resolved(Assert.Single(Dashboards.Panels.Single(other => other.Title == panel).Queries));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
        {
            tests = new[]
            {
                new
                {
                    interval = "15s",
                    input_series = Samples.Select(sample => new { series = sample.Series, values = sample.Values }),
                    promql_expr_test = new[]
                    {
                        new
                        {
                            expr = query,
                            eval_time = "2m",
                            exp_samples = expected.Split(", ").Select(sample => sample.Split(' ')).Select(sample => new
                            {
                                labels = $$"""{container="{{sample[0]}}", label_version="v2"}""",
                                value = double.Parse(sample[1], CultureInfo.InvariantCulture),
                            }),
                        },
                    },
                },
            },
        }));

        var (exitCode, output) = await PrometheusTool.RunAsync("test", "rules", file);

        File.Delete(file);
        Assert.True(exitCode == 0, output);
    }

    // What nobody scrapes is an empty panel.
    [Fact]
    public async Task Every_metric_of_pods_and_containers_on_the_dashboard_is_scraped()
    {
        var named = Dashboards.Panels.SelectMany(panel => panel.Queries).SelectMany(query => PromQl.Read(query).Selectors).Select(selector => selector.Metric).ToHashSet();
        var declaration = await RehearsedMesh.DeclarationAsync("observability=true");
        var values = declaration.Resources.Single(resource => resource.Type == "kubernetes:helm.sh/v3:Release" && resource.Name == "kube-state-metrics").Inputs["values"]!;
        var allowed = values["metricAllowlist"]!.AsArray().Select(metric => (string)metric!);
        var kept = (string)YamlFile.Read("prometheus", "prometheus.yml")["scrape_configs"]!.AsArray()
            .Single(job => (string?)job!["job_name"] == "cadvisor")!["metric_relabel_configs"]![0]!["regex"]!;

        Assert.All(named.Where(IsOf("kube_pod_")), metric => Assert.True(allowed.Any(pattern => Matches(pattern, metric)), metric));
        Assert.All(named.Where(IsOf("container_")), metric => Assert.True(Matches(kept.Replace("{gophers}", "gophers", StringComparison.Ordinal), $"{metric};gophers;istio-proxy"), metric));
        Assert.True(Matches(kept, "container_memory_working_set_bytes;istio-system;discovery"));
        Assert.False(Matches(kept, "container_memory_working_set_bytes;kube-system;coredns"));
        static Func<string, bool> IsOf(string start) => metric => metric.StartsWith(start, StringComparison.Ordinal);
        static bool Matches(string pattern, string text) => Regex.IsMatch(text, $"^(?:{pattern})$");
    }
}

/// <summary>How Grafana shows the numbers on the dashboard: its own package decides text and colour (npm's @grafana/data).</summary>
public class DisplayTests
{
    private const string Service = "destination_service_namespace: gophers, destination_service_name: gopher-distributor";

    // A real Prometheus answers; its rules invent the metrics, so that every state is there at once.
    private static readonly string[] BadDay =
    [
        $"{{record: 'version:virtualservice_weight:ratio', expr: vector(0.9), labels: {{{Service}, destination_version: v1}}}}",
        $"{{record: 'version:virtualservice_weight:ratio', expr: vector(0.1), labels: {{{Service}, destination_version: v2}}}}",
        $"{{record: 'version:istio_requests:share_rate5m', expr: vector(0.25), labels: {{{Service}, destination_version: unknown}}}}",
        $"{{record: 'version:virtualservice_mirror:ratio', expr: vector(1), labels: {{{Service}, destination_version: v2}}}}",
        "{record: ALERTS, expr: vector(1), labels: {alertname: A, alertstate: firing, severity: critical}}",
        "{record: ALERTS, expr: vector(1), labels: {alertname: B, alertstate: firing, severity: critical}}",
        "{record: ALERTS, expr: vector(1), labels: {alertname: C, alertstate: firing, severity: warning}}",
        "{record: ALERTS, expr: vector(1), labels: {alertname: D, alertstate: pending, severity: warning}}",
        $"{{record: 'service:istio_requests_failed:ratio_rate1h', expr: vector(0.005), labels: {{{Service}}}}}",
        $"{{record: 'service:error_budget_left:ratio_rate1d', expr: vector(-4), labels: {{{Service}}}}}",
        $"{{record: 'service:error_budget_burn:ratio_rate1h', expr: vector(5), labels: {{{Service}}}}}",
        $"{{record: 'service:error_budget_burn:ratio_rate6h', expr: vector(7), labels: {{{Service}}}}}",
    ];

    [NodeAndPrometheusFact]
    public async Task In_an_outage_the_numbers_are_coloured_by_what_they_mean()
    {
        var shown = await ShownAsync(BadDay, "service:error_budget_burn:ratio_rate6h");

        Assert.Equal(
            [
                "Declared split: v1 90% blue, v2 10% orange",
                "Observed split, 5 minutes: unknown 25.0% red",
                "Declared mirror: v2 100% orange",
                "Alerts firing: critical 2 red, warning 1 orange",
                "Success, 1 hour: success 99.50% red",
                "Error budget left, 1 day: left -400% red",
                "Burn rate, 1 hour: burn rate 5.0 orange",
                "Burn rate, 6 hours: burn rate 7.0 red",
            ],
            shown);
    }

    [NodeAndPrometheusFact]
    public async Task Without_metrics_the_number_of_alerts_is_green_and_the_others_say_that_there_is_nothing()
    {
        var shown = await ShownAsync(["{record: something, expr: vector(1)}"], "something");

        Assert.Contains("Alerts firing: critical 0 green, warning 0 green", shown);
        Assert.Equal(
            ["not known", "no requests", "no mirror", "no requests", "no requests", "no requests", "no requests"],
            shown.Where(line => !line.StartsWith("Alerts", StringComparison.Ordinal)).Select(line => string.Join(' ', line.Split(": ")[1].Trim().Split(' ')[..^1])));
    }

    private static async Task<IReadOnlyList<string>> ShownAsync(string[] rules, string last)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"groups: [{{name: made-up, rules: [{string.Join(", ", rules)}]}}]");
        await using var prometheus = await LocalPrometheus.StartAsync($"rule_files: ['{file}']", ready: last);
        var panels = Dashboards.Panels.Where(panel => panel.Type == "stat").ToList();
        var asked = await Task.WhenAll(panels.Select(async panel => new
        {
            panel = panel.Body,
            answers = await Task.WhenAll(panel.Queries.Select(query => prometheus.QueryAsync(Dashboards.Resolved(query)))),
        }));
        File.Delete(file);

        var shown = await NodeScript.RunAsync<Display[][]>(
            "display.mjs",
            asked.Select(panel => new JsonObject
            {
                ["panel"] = panel.panel.DeepClone(),
                ["answers"] = new JsonArray([.. panel.answers.Select(Answer)]),
            }));

        return [.. panels.Zip(shown, (panel, values) => $"{panel.Title}: {string.Join(", ", values.Select(value => value.ToString()))}")];
    }

    private static JsonArray Answer(IReadOnlyList<Sample> samples) => new([.. samples
        .OrderBy(sample => sample.Labels.GetValueOrDefault("destination_version"), StringComparer.Ordinal)
        .Select(sample => new JsonObject
        {
            ["labels"] = new JsonObject(sample.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            ["value"] = sample.Value,
        })]);

    private sealed record Display(string Name, string Text, string Colour)
    {
        public override string ToString() => $"{Name} {Text} {Colour}";
    }
}

/// <summary>A panel of a dashboard that shows metrics.</summary>
internal sealed record Panel(
    string Dashboard, string Type, string Title, string? Description, string? Unit, IReadOnlyList<string> Queries, JsonObject Body)
{
    /// <summary>The settings of all its series: unit, colour, thresholds.</summary>
    public JsonNode Defaults => Body["fieldConfig"]!["defaults"]!;

    /// <summary>Its name in the tests.</summary>
    public override string ToString() => $"{Dashboard}: {Title}";
}

/// <summary>The dashboards of the repository, as Grafana reads them.</summary>
internal static class Dashboards
{
    public static IReadOnlyDictionary<string, JsonObject> Files { get; } =
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "observability", "dashboards"), "*.json")
            .Order(StringComparer.Ordinal)
            .ToDictionary(file => Path.GetFileName(file), Read);

    /// <summary>Every panel except the rows, which only group panels.</summary>
    public static IReadOnlyList<Panel> Panels { get; } =
        [.. from file in Files
            from panel in file.Value["panels"]!.AsArray()
            where (string?)panel!["type"] != "row"
            select Read(file.Key, panel)];

    /// <summary>The queries that fill a dashboard's variables: <c>label_values(metric, label)</c>.</summary>
    public static IReadOnlyList<string> VariableQueries { get; } =
        [.. from file in Files.Values
            from variable in file["templating"]!["list"]!.AsArray()
            where (string?)variable!["type"] == "query"
            select (string)variable["query"]!["query"]!];

    /// <summary>The queries whose answers are marks on every panel's time axis.</summary>
    public static IReadOnlyList<string> AnnotationQueries { get; } =
        [.. from file in Files.Values
            from annotation in file["annotations"]!["list"]!.AsArray()
            select (string)annotation!["expr"]!];

    /// <summary>The titles of the panels between a row and the next.</summary>
    public static IEnumerable<string> Under(string row) => Files.Values
        .SelectMany(file => file["panels"]!.AsArray())
        .SkipWhile(panel => (string?)panel!["title"] != row)
        .Skip(1)
        .TakeWhile(panel => (string?)panel!["type"] != "row")
        .Select(panel => (string)panel!["title"]!);

    /// <summary>The query as Prometheus gets it, with Grafana's variables filled in.</summary>
    public static string Resolved(string query) => query
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$namespace", "gophers", StringComparison.Ordinal)
        .Replace("$service", "gopher-distributor", StringComparison.Ordinal);

    private static JsonObject Read(string file) =>
        JsonNode.Parse(File.ReadAllText(file), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();

    private static Panel Read(string file, JsonNode panel) => new(
        file,
        (string)panel["type"]!,
        (string)panel["title"]!,
        (string?)panel["description"],
        (string?)panel["fieldConfig"]?["defaults"]?["unit"],
        [.. panel["targets"]!.AsArray().Select(target => (string)target!["expr"]!)],
        panel.AsObject());
}
