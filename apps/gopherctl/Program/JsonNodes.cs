using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Program;

/// <summary>Reads JSON of any form without failing: a value that is absent or of another type is null, or an empty list.</summary>
internal static class JsonNodes
{
    /// <summary>What a command printed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="command">The command, for the error.</param>
    /// <exception cref="UserException">It is no JSON.</exception>
    public static JsonNode? Parsed(string text, string command)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException broken)
        {
            throw new UserException($"what {command} printed cannot be read: {broken.Message}", command, "Run that command and see what it prints.", ExitCode.NegativeVerdict);
        }
    }

    /// <summary>The member of an object; its name may hold dots, as keys of labels do.</summary>
    public static JsonNode? Member(this JsonNode? node, string name) => node is JsonObject members ? members[name] : null;

    /// <summary>The node at a path of member names, as in <c>spec.template.spec</c>.</summary>
    public static JsonNode? At(this JsonNode? node, string path) => path.Split('.').Aggregate(node, Member);

    /// <summary>The string at a path.</summary>
    public static string? Text(this JsonNode? node, string path) => node.At(path).AsText();

    /// <summary>The node as a string.</summary>
    public static string? AsText(this JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>The boolean at a path.</summary>
    public static bool? Flag(this JsonNode? node, string path) => node.At(path)?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The whole number at a path.</summary>
    public static long? Number(this JsonNode? node, string path) =>
        node.At(path) is { } found && found.GetValueKind() == JsonValueKind.Number && long.TryParse(found.ToJsonString(), out var number)
            ? number
            : null;

    /// <summary>The number at a path, whole or not.</summary>
    public static double? Real(this JsonNode? node, string path) => node.At(path) is { } found && found.GetValueKind() == JsonValueKind.Number
        ? double.Parse(found.ToJsonString(), CultureInfo.InvariantCulture)
        : null;

    /// <summary>The items of the list at a path.</summary>
    public static IEnumerable<JsonNode> Items(this JsonNode? node, string path) =>
        node.At(path) is JsonArray items ? items.OfType<JsonNode>() : [];

    /// <summary>The strings of the list at a path.</summary>
    public static IEnumerable<string> Texts(this JsonNode? node, string path) => node.Items(path).Select(AsText).OfType<string>();

    /// <summary>The objects of the list at a path.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node, string path) => node.Items(path).OfType<JsonObject>();

    /// <summary>The members of the object at a path that are strings.</summary>
    public static IEnumerable<KeyValuePair<string, string>> TextMembers(this JsonNode? node, string path) =>
        from member in node.At(path) as JsonObject ?? []
        let text = member.Value.AsText()
        where text is not null
        select KeyValuePair.Create(member.Key, text);

    /// <summary>The node and all within it, each with its path from <paramref name="root"/>.</summary>
    public static IEnumerable<(string Path, JsonNode Node)> Walk(this JsonNode root, string path = "") => root switch
    {
        JsonObject members => members.Where(member => member.Value is not null)
            .SelectMany(member => member.Value!.Walk(path.Length == 0 ? member.Key : $"{path}.{member.Key}")).Prepend((path, root)),
        JsonArray items => items.Index().Where(item => item.Item is not null)
            .SelectMany(item => item.Item!.Walk($"{path}[{item.Index}]")).Prepend((path, root)),
        _ => [(path, root)],
    };
}
