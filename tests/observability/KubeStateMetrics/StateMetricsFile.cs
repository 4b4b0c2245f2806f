using System.Globalization;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Observability;

/// <summary>
/// The repository's configuration of kube-state-metrics, read by its grammar (docs/metrics/extend/customresourcestate-metrics.md there):
/// only the part that the file uses. An unknown key is an error.
/// </summary>
internal static class StateMetricsFile
{
    /// <summary>Every metric of the file.</summary>
    public static IReadOnlyList<StateMetric> Metrics { get; } = [.. Root()["spec"]!["resources"]!.AsArray().SelectMany(Resource!)];

    private static JsonObject Root() => Knowing(YamlFile.Read("kube-state-metrics", "virtualservices.yaml"), "kind", "spec");

    private static IEnumerable<StateMetric> Resource(JsonNode node)
    {
        var resource = Knowing(node, "groupVersionKind", "metricNamePrefix", "labelsFromPath", "metrics");
        Assert.Equal("VirtualService", (string?)resource["groupVersionKind"]!["kind"]);
        return resource["metrics"]!.AsArray()
            .Select(metric => Metric(resource, Knowing(metric!, "name", "help", "labelsFromPath", "each")));
    }

    private static StateMetric Metric(JsonObject resource, JsonObject metric)
    {
        var each = Knowing(metric["each"]!, "type", "gauge", "info");
        var type = (string)each["type"]!;
        var how = type switch
        {
            "Gauge" => Knowing(each["gauge"]!, "path", "labelsFromPath", "valueFrom"),
            "Info" => Knowing(each["info"]!, "path", "labelsFromPath"),
            _ => throw new NotSupportedException($"a metric of type {type}"),
        };
        return new(
            $"{resource["metricNamePrefix"]}_{metric["name"]}",
            [.. Labels(resource), .. Labels(metric)],
            type,
            PathOf(how["path"]),
            [.. Labels(how)],
            PathOf(how["valueFrom"]));
    }

    private static IEnumerable<(string, StatePath)> Labels(JsonObject node) =>
        (node["labelsFromPath"]?.AsObject() ?? []).Select(label => (label.Key, PathOf(label.Value)));

    private static StatePath PathOf(JsonNode? parts) => new([.. (parts?.AsArray() ?? []).Select(part => part!.ToString())]);

    private static JsonObject Knowing(JsonNode node, params string[] keys)
    {
        Assert.Empty(node.AsObject().Select(member => member.Key).Except(keys));
        return node.AsObject();
    }
}

/// <summary>A metric that kube-state-metrics makes of an object.</summary>
/// <param name="Name">Its name with the prefix.</param>
/// <param name="Common">The labels that all of an object's samples have, by paths from the object.</param>
/// <param name="Type"><c>Gauge</c> or <c>Info</c>.</param>
/// <param name="Path">Where in the object the samples are.</param>
/// <param name="Own">The labels of a sample, by paths from the sample's place.</param>
/// <param name="Value">Where a gauge's value is, from the sample's place.</param>
internal sealed record StateMetric(
    string Name,
    IReadOnlyList<(string Label, StatePath Path)> Common,
    string Type,
    StatePath Path,
    IReadOnlyList<(string Label, StatePath Path)> Own,
    StatePath Value)
{
    /// <summary>The labels that a sample can have.</summary>
    public IEnumerable<string> Labels => Common.Concat(Own).Select(label => label.Label);

    /// <summary>The samples of <paramref name="item"/> in Prometheus' text format: none where the object has nothing at the path.</summary>
    public IEnumerable<string> Samples(JsonNode item) => Path.From(item) switch
    {
        null => [],
        JsonArray list when Type == "Gauge" => list.SelectMany(element => Sample(item, element!)),
        var found => Sample(item, found),
    };

    private IEnumerable<string> Sample(JsonNode item, JsonNode found)
    {
        var labels = Common.Select(label => (label.Label, At: label.Path.From(item)))
            .Concat(Own.Select(label => (label.Label, At: label.Path.From(found))))
            .Where(label => label.At is not null)
            .Select(label => $"{label.Label}=\"{label.At}\"");
        var value = Type == "Info" ? JsonValue.Create(1) : Value.From(found);
        return value is null ? [] : [string.Create(CultureInfo.InvariantCulture, $"{Name}{{{string.Join(',', labels)}}} {Number(value)}")];
    }

    private static double Number(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
}

/// <summary>
/// A path into an object as kube-state-metrics follows it (<c>compilePath</c> in its <c>pkg/customresourcestate/registry_factory.go</c>):
/// <c>[key=value]</c> is the first element of a list with that member, a number an element by its place (from the end, if negative), any
/// other part a member. A path that leads nowhere gives null.
/// </summary>
internal sealed record StatePath(IReadOnlyList<string> Parts)
{
    /// <summary>The node at the end of the path from <paramref name="node"/>.</summary>
    public JsonNode? From(JsonNode? node) => Parts.Aggregate(node, Step);

    private static JsonNode? Step(JsonNode? node, string part) => (node, part) switch
    {
        (JsonArray list, ['[', .. var lookup, ']']) => Find(list, lookup.Split('=', 2)),
        (JsonArray list, _) when int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var place) =>
            list.ElementAtOrDefault(place < 0 ? list.Count + place : place),
        (JsonObject map, _) when part[0] != '[' => map[part],
        _ => null,
    };

    // Names only: kube-state-metrics would compare numbers and booleans by their values.
    private static JsonNode? Find(JsonArray list, string[] lookup) =>
        list.FirstOrDefault(element => element is JsonObject map && (string?)map[lookup[0]] == lookup[1]);
}
