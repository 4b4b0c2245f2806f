using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Admission;

/// <summary>One reason for which Istio's admission webhook, or the schema of its kinds, denies an object.</summary>
/// <param name="Path">
/// Which fields it looks at: member names with dots between them; <c>[]</c> after a name is every item of the list, <c>{}</c> every entry of the map.
/// </param>
/// <param name="Source">Istio's function that denies, below pkg/config/validation.</param>
/// <param name="Problem">What is wrong with a field; null for nothing.</param>
internal sealed record AdmissionRule(string Path, string Source, Func<Field, string?> Problem);

/// <summary>A field that a rule looks at.</summary>
/// <param name="Path">Its place, as in <c>spec.http[0].match[1].uri</c>.</param>
/// <param name="Key">Its name, or its key in a map.</param>
/// <param name="Node">What it holds; null for JSON's null.</param>
/// <param name="Owner">The object around it.</param>
internal readonly record struct Field(string Path, string Key, JsonNode? Node, JsonObject? Owner)
{
    public string? Text => Node?.GetValueKind() == JsonValueKind.String ? Node.GetValue<string>() : null;

    public double? Number =>
        Node?.GetValueKind() == JsonValueKind.Number && double.TryParse(Node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public JsonObject? Object => Node as JsonObject;

    /// <summary>Whether a member of this object has a value; null, an empty list and an empty text count as absent, as in protobuf.</summary>
    public bool Has(string member) => Object?[member] switch
    {
        null => false,
        JsonArray { Count: 0 } => false,
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>().Length > 0,
        _ => true,
    };

    public string? TextOf(string member) => new Field("", member, Object?[member], null).Text;

    public JsonArray Items(string member) => Object?[member] as JsonArray ?? [];

    /// <summary>The fields of an object that a path leads to.</summary>
    public static IEnumerable<Field> Select(JsonObject root, string path)
    {
        IEnumerable<Field> fields = [new("", "", root, null)];
        foreach (var step in path.Split('.'))
        {
            fields = fields.SelectMany(field => field.Step(step));
        }

        return fields;
    }

    private IEnumerable<Field> Step(string step)
    {
        var name = step.TrimEnd('[', ']', '{', '}');
        if (Object is not { } owner || !owner.ContainsKey(name))
        {
            return [];
        }

        var path = Path.Length == 0 ? name : $"{Path}.{name}";
        return (owner[name], step[name.Length..]) switch
        {
            (var node, "") => [new(path, name, node, owner)],
            (JsonArray items, "[]") => items.Select((item, index) => new Field($"{path}[{index}]", name, item, owner)),
            (JsonObject entries, "{}") => entries.Select(entry => new Field($"{path}.{entry.Key}", entry.Key, entry.Value, owner)),
            _ => [],
        };
    }
}
