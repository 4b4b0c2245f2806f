using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit;

/// <summary>A resource as the program declares it.</summary>
/// <param name="Type">Its type token.</param>
/// <param name="Name">Its logical name.</param>
/// <param name="Parent">The component that it belongs to; null for the stack.</param>
/// <param name="DependsOn">The resources that it says it depends on.</param>
/// <param name="Inputs">Its inputs as the provider gets them, secrets unwrapped.</param>
internal sealed record DeclaredResource(
    string Type, string Name, DeclaredResource? Parent, IReadOnlyList<DeclaredResource> DependsOn, JsonObject Inputs)
{
    /// <summary>The inputs whose changes the engine is told to ignore.</summary>
    public IReadOnlyList<string> IgnoreChanges { get; init; } = [];

    /// <summary>Type and name.</summary>
    public string Key => $"{Type} {Name}";

    /// <summary>The input at <paramref name="path"/>, e.g. <c>spec.template.spec.containers[0].image</c>.</summary>
    public JsonNode? At(string path) => path
        .Replace("[", ".[", StringComparison.Ordinal)
        .Split('.')
        .Aggregate((JsonNode?)Inputs, (node, part) => part.StartsWith('[') ? node![int.Parse(part[1..^1], CultureInfo.InvariantCulture)] : node?[part]);

    /// <summary>The JSON of a value that a mock was given.</summary>
    public static JsonNode? Json(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        double number => JsonValue.Create(number),
        IDictionary map => new JsonObject(map.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, Json(map[key])))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Json)]),
        _ => throw new NotSupportedException($"{value.GetType()} in a resource's inputs"),
    };
}
