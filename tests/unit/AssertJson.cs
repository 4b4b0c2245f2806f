using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit;

/// <summary>Comparison of JSON, whatever the order of members.</summary>
internal static class AssertJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Asserts that <paramref name="actual"/> is exactly <paramref name="expected"/>.</summary>
    public static void Equal(string expected, JsonNode? actual) => Assert.Equal(Canonical(JsonNode.Parse(expected)), Canonical(actual));

    /// <summary>The text of <paramref name="node"/> with its members in order.</summary>
    public static string Canonical(JsonNode? node) => Sorted(node)?.ToJsonString(Indented) ?? "null";

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(value.Deserialize<double>()),
        _ => node?.DeepClone(),
    };
}
