using System.Text.Json;

namespace GopherMesh.Tests.Observability;

/// <summary>The dashboards, as far as they can be judged without a Grafana.</summary>
public class DashboardTests
{
    // Grafana's ids, packages/grafana-data/src/valueFormats/categories.ts. `short` counts things that have no unit.
    private static readonly HashSet<string?> Units = ["reqps", "ms", "s", "percent", "percentunit", "bytes", "short"];

    public static TheoryData<string> Panels => [.. Dashboards.Panels.Select(panel => panel.ToString())];

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
            .Select(query => new { record = "query", expr = Dashboards.Resolved(query) });
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { groups = new[] { new { name = "panels", rules } } }));

        var (_, output) = await PrometheusTool.RunAsync("check", "rules", "--lint=none", file);

        File.Delete(file);
        Assert.Contains($"SUCCESS: {rules.Count()} rules found", output, StringComparison.Ordinal);
    }

    private static Panel Panel(string name) => Dashboards.Panels.Single(panel => panel.ToString() == name);
}
