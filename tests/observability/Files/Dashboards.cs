using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Observability;

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

    /// <summary>The titles of the panels between a row and the next.</summary>
    public static IEnumerable<string> Under(string row) => Files.Values
        .SelectMany(file => file["panels"]!.AsArray())
        .SkipWhile(panel => (string?)panel!["title"] != row)
        .Skip(1)
        .TakeWhile(panel => (string?)panel!["type"] != "row")
        .Select(panel => (string)panel!["title"]!);

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
