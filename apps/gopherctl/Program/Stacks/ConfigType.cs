using System.Globalization;
using System.Text.Json.Nodes;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>A type of the config schema: string, integer, boolean, object, or array of one of them (pulumi sdk/go/common/workspace/project.go).</summary>
/// <param name="Name">The type's name in Pulumi.yaml.</param>
/// <param name="Items">The type of an array's items.</param>
internal sealed record ConfigType(string Name, ConfigType? Items)
{
    /// <summary>Whether values of the type are written as JSON or YAML rather than as bare text.</summary>
    public bool IsStructured => Name is "object" or "array";

    /// <summary>Whether the engine accepts the value for this type: numbers and booleans may also be written as strings.</summary>
    public bool Accepts(JsonNode? value) => Name switch
    {
        "string" => value is JsonValue text && text.TryGetValue(out string? _),
        "integer" => IsInteger(value),
        "boolean" => IsBoolean(value),
        "object" => value is JsonObject,
        "array" => Items is not null && value is JsonArray items && items.All(Items.Accepts),
        _ => false,
    };

    /// <summary>The name as the engine writes it in its errors, e.g. array&lt;string&gt;.</summary>
    public override string ToString() => Items is null ? Name : $"array<{Items}>";

    private static bool IsInteger(JsonNode? value) => value is JsonValue scalar && (scalar.TryGetValue(out string? text)
        ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        : scalar.TryGetValue(out ulong _) || scalar.TryGetValue(out long _) || (scalar.TryGetValue(out double number) && double.IsInteger(number)));

    private static bool IsBoolean(JsonNode? value) =>
        value is JsonValue scalar && (scalar.TryGetValue(out bool _) || (scalar.TryGetValue(out string? text) && text is "true" or "false"));
}
