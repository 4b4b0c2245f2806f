using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Reading;

/// <summary>The matches of a route that delegates, and of its delegate's routes.</summary>
internal static class DelegateMatch
{
    private static readonly string[] Texts = ["uri", "scheme", "method", "authority"];

    private static readonly string[] Maps = ["headers", "withoutHeaders", "queryParams"];

    public static string Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : "";

    /// <summary>Both names with a hyphen between them, or the one that there is.</summary>
    public static string JoinedName(JsonObject root, JsonObject own) =>
        (Text(root["name"]), Text(own["name"])) is ({ Length: > 0 } first, { Length: > 0 } second) ? $"{first}-{second}" : Text(root["name"]) + Text(own["name"]);

    /// <summary>Whether the delegate's match is not covered by the root's (hasConflict).</summary>
    public static bool Conflicts(JsonObject root, JsonObject own) =>
        Texts.Any(field => Conflict(root[field], own[field]))
        || Maps.Any(map => (own[map] as JsonObject ?? []).Any(entry => Conflict((root[map] as JsonObject)?[entry.Key], entry.Value)))
        || IsTrue(root["ignoreUriCase"]) != IsTrue(own["ignoreUriCase"])
        || (Number(root["port"]) > 0 && Number(own["port"]) > 0 && Number(root["port"]) != Number(own["port"]))
        || (Text(root["sourceNamespace"]).Length > 0 && Text(root["sourceNamespace"]) != Text(own["sourceNamespace"]))
        || (own["sourceLabels"] as JsonObject ?? []).Any(label => (root["sourceLabels"] as JsonObject)?[label.Key] is { } other && Text(other) != Text(label.Value))
        || (root["gateways"] is JsonArray { Count: > 0 } gateways && own["gateways"] is JsonArray names
            && (names.Count > gateways.Count || names.Any(name => !gateways.Select(Text).Contains(Text(name)))));

    /// <summary>One match of both (mergeHTTPMatchRequest).</summary>
    public static JsonObject Merge(JsonObject root, JsonObject own)
    {
        var merged = (JsonObject)own.DeepClone();
        merged["name"] = JoinedName(root, own);
        foreach (var map in Maps.Append("sourceLabels"))
        {
            var entries = (JsonObject)((root[map] as JsonObject)?.DeepClone() ?? new JsonObject());
            foreach (var (key, value) in own[map] as JsonObject ?? [])
            {
                entries[key] = value?.DeepClone();
            }

            merged[map] = entries;
        }

        foreach (var (field, value) in root.Where(entry => merged[entry.Key] is null || IsEmpty(merged[entry.Key]!)).ToList())
        {
            merged[field] = value?.DeepClone();
        }

        return merged;
    }

    private static bool IsEmpty(JsonNode node) =>
        node is JsonArray { Count: 0 } || Number(node) is 0 || (node.GetValueKind() == JsonValueKind.String && Text(node).Length == 0);

    private static bool IsTrue(JsonNode? node) => node?.GetValueKind() == JsonValueKind.True;

    private static double Number(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.Number && double.TryParse(node.ToJsonString(), CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    /// <summary>stringMatchConflict.</summary>
    private static bool Conflict(JsonNode? root, JsonNode? own)
    {
        if (root is null || own is null)
        {
            return false;
        }

        var (outer, inner) = (Parts(root), Parts(own));
        return (outer, inner) switch
        {
            ({ Regex: not "" }, { Exact: not "" } or { Prefix: not "" } or { Regex: not "" }) => true,
            ({ Exact: not "" } or { Prefix: not "" } or { Regex: not "" }, { Regex: not "" }) => true,
            ({ Exact: not "" }, _) => inner.Prefix.Length > 0 || inner.Exact != outer.Exact,
            ({ Prefix: not "" }, { Prefix: not "" }) => !inner.Prefix.StartsWith(outer.Prefix, StringComparison.Ordinal),
            ({ Prefix: not "" }, { Exact: not "" }) => !inner.Exact.StartsWith(outer.Prefix, StringComparison.Ordinal),
            _ => true,
        };

        static (string Exact, string Prefix, string Regex) Parts(JsonNode match) => (Text(match["exact"]), Text(match["prefix"]), Text(match["regex"]));
    }
}
