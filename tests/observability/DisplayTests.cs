using System.Text.Json.Nodes;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

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
