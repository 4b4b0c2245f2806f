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
