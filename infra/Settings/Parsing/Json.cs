using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.Infra.Settings.Parsing;

/// <summary>The JSON in which the engine passes arrays and objects.</summary>
internal static class Json
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The node that <paramref name="text"/> describes; null where it is no JSON (or the JSON <c>null</c>).</summary>
    public static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The string that <paramref name="node"/> is, or null.</summary>
    public static string? AsString(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>Whether two settings' texts mean the same: equal, or the same JSON.</summary>
    public static bool Same(string left, string right) =>
        left == right || (TryParse(left) is { } a && TryParse(right) is { } b && JsonNode.DeepEquals(a, b));
}
