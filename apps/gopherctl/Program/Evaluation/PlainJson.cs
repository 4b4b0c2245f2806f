using System.Collections;
using System.Text.Json.Nodes;
using Pulumi;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>The plain values of Pulumi's mocks as JSON: keys sorted (their dictionaries have no order), whole numbers as integers.</summary>
internal static class PlainJson
{
    private const double LargestWhole = 1L << 53;

    /// <summary>A dictionary of inputs or outputs.</summary>
    public static JsonObject From(IEnumerable<KeyValuePair<string, object>> members) =>
        new(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, From(member.Value))));

    /// <summary>One value.</summary>
    /// <exception cref="NotSupportedException">A value of a type that the program never passes to a resource.</exception>
    public static JsonNode? From(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        double number when Math.Abs(number) <= LargestWhole && double.IsInteger(number) => JsonValue.Create((long)number),
        double number => JsonValue.Create(number),
        IDictionary members => From(Entries(members)),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(From)]),
        Resource resource => JsonValue.Create($"{resource.GetResourceType()}::{resource.GetResourceName()}"),
        AssetOrArchive asset => JsonValue.Create(asset.GetType().Name),
        _ => throw new NotSupportedException($"an input of type {value.GetType().FullName} has no JSON form here"),
    };

    // As a plain sequence, an immutable dictionary gives its own generic pairs instead of these.
    private static IEnumerable<KeyValuePair<string, object>> Entries(IDictionary members)
    {
        foreach (DictionaryEntry entry in members)
        {
            yield return KeyValuePair.Create((string)entry.Key, entry.Value!);
        }
    }

    /// <summary>Replaces the value at a path.</summary>
    public static void Mask(JsonObject root, IReadOnlyList<string> path)
    {
        JsonNode? node = root;
        foreach (var step in path.SkipLast(1))
        {
            node = node switch
            {
                JsonObject members => members[step],
                JsonArray items when int.TryParse(step, out var index) && index < items.Count => items[index],
                _ => null,
            };
        }

        if (node is JsonObject parent && parent.ContainsKey(path[^1]))
        {
            parent[path[^1]] = DeclaredResource.Secret;
        }
        else if (node is JsonArray array && int.TryParse(path[^1], out var last) && last < array.Count)
        {
            array[last] = DeclaredResource.Secret;
        }
    }
}
