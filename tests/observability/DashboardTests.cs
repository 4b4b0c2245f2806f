using System.Text.Json;
using System.Text.Json.Nodes;

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
