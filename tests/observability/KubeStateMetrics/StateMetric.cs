using System.Globalization;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Observability;

/// <summary>A metric that kube-state-metrics makes of an object.</summary>
/// <param name="Name">Its name with the prefix.</param>
/// <param name="Common">The labels that all of an object's samples have, by paths from the object.</param>
/// <param name="Type"><c>Gauge</c> or <c>Info</c>.</param>
/// <param name="Path">Where in the object the samples are.</param>
/// <param name="Own">The labels of a sample, by paths from where it is.</param>
/// <param name="Value">Where a gauge's value is, from there.</param>
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
