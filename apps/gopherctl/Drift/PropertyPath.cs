using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GopherMesh.Gopherctl.Drift;

/// <summary>Paths of properties as Pulumi writes them (sdk/go/common/resource, PropertyPath): <c>spec.http[0].timeout</c>, <c>metadata.labels["a/b"]</c>.</summary>
internal static partial class PropertyPath
{
    /// <summary>The value at a path; null where there is none.</summary>
    public static JsonNode? Find(JsonNode? root, string path) => Steps(path).Aggregate(root, (node, step) => (node, step) switch
    {
        (JsonArray items, { Index: { } index }) => items.ElementAtOrDefault(index),
        (JsonObject members, { Name: { } name }) => members[name],
        _ => null,
    });

    /// <summary>
    /// Whether a field manager owns a path, by an entry of managedFields (Kubernetes, FieldsV1): members are <c>f:NAME</c>. Items of a list are named there
    /// by their keys or values, and Pulumi counts them: whoever owns any item of a list is taken for an owner of each.
    /// </summary>
    public static bool Owns(JsonNode? fields, string path)
    {
        var node = fields as JsonObject;
        foreach (var step in Steps(path))
        {
            if (node is null or { Count: 0 } || step.Name is null)
            {
                break;
            }

            if (node[$"f:{step.Name}"] is not JsonObject next)
            {
                return false;
            }

            node = next;
        }

        return node is not null;
    }

    private static IEnumerable<(string? Name, int? Index)> Steps(string path) =>
        from Match step in Step().Matches(path)
        select step.Groups["index"] is { Success: true } index
            ? ((string?)null, (int?)int.Parse(index.Value, CultureInfo.InvariantCulture))
            : (step.Groups["quoted"] is { Success: true } quoted ? quoted.Value.Replace("\\\"", "\"", StringComparison.Ordinal) : step.Groups["name"].Value, null);

    [GeneratedRegex("""\[(?<index>[0-9]{1,9})\]|\["(?<quoted>(?:[^"\\]|\\.)*)"\]|(?<name>[^.\[\]]+)""")]
    private static partial Regex Step();
}
