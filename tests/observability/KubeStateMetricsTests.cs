using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Rehearse.Metrics;

namespace GopherMesh.Tests.Observability;

/// <summary>With the repository's file, kube-state-metrics reports the declared VirtualServices as the rehearsal does.</summary>
public class KubeStateMetricsTests
{
    [Theory]
    [InlineData("", "route_weight:v1=100 stable_info:v1=1")]
    [InlineData(
        "canaryVersion=v2 canaryWeight=0 mirrorPercent=0",
        "route_weight:v1=100 route_weight:v2=0 stable_info:v1=1 canary_info:v2=1")]
    [InlineData(
        "canaryVersion=v2 canaryWeight=0",
        "route_weight:v1=100 route_weight:v2=0 mirror_percentage:v2=100 stable_info:v1=1 canary_info:v2=1")]
    [InlineData(
        "canaryVersion=v2 mirrorPercent=20",
        "route_weight:v1=100 route_weight:v2=0 mirror_percentage:v2=20 stable_info:v1=1 canary_info:v2=1")]
    [InlineData(
        "canaryVersion=v2 canaryWeight=50",
        "route_weight:v1=50 route_weight:v2=50 stable_info:v1=1 canary_info:v2=1")]
    [InlineData(
        "canaryVersion=v2 canaryWeight=100",
        "route_weight:v1=0 route_weight:v2=100 stable_info:v1=1 canary_info:v2=1")]
    public async Task Reports_the_declaration_as_the_rehearsal_does(string settings, string expected)
    {
        var changes = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var declaration = await RehearsedMesh.DeclarationAsync(changes);
        var manifests = KubernetesObjects.Plan(declaration).Select(planned => planned.Manifest).ToList();
        var services = manifests.Where(manifest => manifest.Kind == "VirtualService").ToList();
        using var rehearsed = new StringWriter();
        DeclaredRouteMetrics.Write(manifests, rehearsed);

        var samples = StateMetricsFile.Metrics.SelectMany(metric => services.SelectMany(service => metric.Samples(service.Body))).ToList();

        Assert.Equal(expected.Split(' ').Select(Line), samples);
        Assert.Equal(samples, rehearsed.ToString().Split('\n').Where(line => line.StartsWith("kube_", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a", "{}")]
    [InlineData("b", null)]
    [InlineData("list 0 name", "\"x\"")]
    [InlineData("list -1 name", "\"y\"")]
    [InlineData("list 2", null)]
    [InlineData("list [name=y] at", "7")]
    [InlineData("list [name=z] at", null)]
    [InlineData("list name", null)]
    [InlineData("[name=x]", null)]
    public void Follows_a_path(string path, string? expected)
    {
        var item = JsonNode.Parse("""{"a": {}, "list": [{"name": "x"}, {"name": "y", "at": 7}]}""");

        Assert.Equal(expected, new StatePath(path.Split(' ')).From(item)?.ToJsonString());
    }

    // E.g. "route_weight:v1=100".
    private static string Line(string sample)
    {
        var parts = sample.Split(':', '=');
        const string Service = "destination_service_namespace=\"gophers\",destination_service_name=\"gopher-distributor\"";
        return $"kube_virtualservice_{parts[0]}{{{Service},destination_version=\"{parts[1]}\"}} {parts[2]}";
    }
}

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
