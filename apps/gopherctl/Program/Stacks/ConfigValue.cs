using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>One config value as the engine hands it to the program: text, or JSON text for objects and arrays.</summary>
/// <param name="Content">The value with its type; null is an empty string to the engine.</param>
/// <param name="IsSecret">Whether the value, or one within it, is encrypted. <see cref="Unavailable"/> then replaces it.</param>
internal sealed record ConfigValue(JsonNode? Content, bool IsSecret)
{
    /// <summary>The text that replaces an encrypted value: gopherctl has no key to decrypt it.</summary>
    public const string Unavailable = "[unavailable]";

    /// <summary>The text that the program's Config finds.</summary>
    public string Text => Content switch
    {
        null => "",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => Content.ToJsonString(),
    };

    /// <summary>What the engine checks against the schema: there, scalars are strings already.</summary>
    public JsonNode? Checked => Content is JsonObject or JsonArray ? Content : JsonValue.Create(Text);

    /// <summary>A value of a stack file, in which `secure: TEXT` is an encrypted one.</summary>
    public static ConfigValue FromStack(JsonNode? node)
    {
        var secret = false;
        var content = Unlock(node, ref secret);
        return new ConfigValue(content, secret);
    }

    private static JsonNode? Unlock(JsonNode? node, ref bool secret)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } sealedValue when sealedValue["secure"] is JsonValue text && text.GetValueKind() == JsonValueKind.String:
                secret = true;
                return JsonValue.Create(Unavailable);
            case JsonObject members:
                var unlocked = new JsonObject();
                foreach (var (key, member) in members)
                {
                    unlocked[key] = Unlock(member, ref secret);
                }

                return unlocked;
            case JsonArray items:
                var array = new JsonArray();
                foreach (var item in items)
                {
                    array.Add(Unlock(item, ref secret));
                }

                return array;
            default:
                return node?.DeepClone();
        }
    }
}
