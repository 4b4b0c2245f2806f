using System.Globalization;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Observability;

/// <summary>
/// A path into an object as kube-state-metrics follows it (<c>compilePath</c> in its <c>pkg/customresourcestate/registry_factory.go</c>):
/// <c>[key=value]</c> is the first element of a list with that member, a number an element by its place (from the end, if negative), any
/// other part a member. What leads nowhere is null.
/// </summary>
internal sealed record StatePath(IReadOnlyList<string> Parts)
{
    /// <summary>What the path leads to from <paramref name="node"/>.</summary>
    public JsonNode? From(JsonNode? node) => Parts.Aggregate(node, Step);

    private static JsonNode? Step(JsonNode? node, string part) => (node, part) switch
    {
        (JsonArray list, ['[', .. var lookup, ']']) => Find(list, lookup.Split('=', 2)),
        (JsonArray list, _) when int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var place) =>
            list.ElementAtOrDefault(place < 0 ? list.Count + place : place),
        (JsonObject map, _) when part[0] != '[' => map[part],
        _ => null,
    };

    // Names only: kube-state-metrics would compare numbers and booleans by what they mean.
    private static JsonNode? Find(JsonArray list, string[] lookup) =>
        list.FirstOrDefault(element => element is JsonObject map && (string?)map[lookup[0]] == lookup[1]);
}
