using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>What Pulumi.yaml says about one key.</summary>
/// <param name="Type">The type that the engine checks; null when the key is not typed.</param>
/// <param name="Default">The value of a stack that sets none; null when there is none, and the project's key is then required.</param>
/// <param name="IsSecret">Whether the engine insists on an encrypted value.</param>
internal sealed record ConfigDeclaration(ConfigType? Type, JsonNode? Default, bool IsSecret)
{
    /// <summary>Reads a declaration, or the shorthand that is a value alone.</summary>
    public static ConfigDeclaration Read(YamlFile file, ConfigKey key, YamlNode node, bool isOwn)
    {
        if (node is not YamlMappingNode)
        {
            return new ConfigDeclaration(null, file.ToJson(node), IsSecret: false);
        }

        var parts = file.Entries(node, key.ToString()).ToDictionary(entry => entry.Key, entry => (entry.KeyNode, entry.Value));
        foreach (var (part, (keyNode, _)) in parts)
        {
            if (part is not ("type" or "description" or "items" or "default" or "value" or "secret"))
            {
                throw file.Error(keyNode, $"a config declaration has no '{part}'", "It has type, description, items, default, value and secret.");
            }
        }

        if (!isOwn && (parts.ContainsKey("type") || parts.ContainsKey("default") || !parts.ContainsKey("value")))
        {
            throw file.Error(node, $"'{key}' is another namespace's key: it may only have a value");
        }

        if (parts.ContainsKey("default") && parts.ContainsKey("value"))
        {
            throw file.Error(node, $"'{key}' cannot have both a default and a value");
        }

        var type = parts.ContainsKey("type") ? ReadType(file, node) : null;
        var value = parts.TryGetValue(parts.ContainsKey("value") ? "value" : "default", out var given) ? file.ToJson(given.Value) : null;
        if (type is not null && value is not null && !type.Accepts(value))
        {
            throw file.Error(given.Value, $"the default of '{key}' is not of its type {type}");
        }

        var secret = parts.TryGetValue("secret", out var flag) && file.ToJson(flag.Value)?.GetValueKind() == JsonValueKind.True;
        return new ConfigDeclaration(type, value, secret);
    }

    private static ConfigType ReadType(YamlFile file, YamlNode node)
    {
        var parts = file.Entries(node, "a type").ToDictionary(entry => entry.Key, entry => entry.Value);
        if (!parts.TryGetValue("type", out var typeNode) || typeNode is not YamlScalarNode { Value: "string" or "integer" or "boolean" or "object" or "array" } name)
        {
            throw file.Error(typeNode ?? node, "unknown type", "The types are string, integer, boolean, object and array.");
        }

        if (name.Value is "array" != parts.ContainsKey("items"))
        {
            throw file.Error(node, "an array, and nothing else, says the type of its items", "Write items: {type: string}, for example.");
        }

        return new ConfigType(name.Value!, parts.TryGetValue("items", out var items) ? ReadType(file, items) : null);
    }
}

/// <summary>A config key with its namespace; a key without one belongs to the project (pulumi sdk/go/common/resource/config/key.go).</summary>
/// <param name="Namespace">The project's name, or a package's such as `aws`.</param>
/// <param name="Name">The key within the namespace.</param>
internal sealed record ConfigKey(string Namespace, string Name)
{
    /// <summary>Reads `name`, `namespace:name` or the old `namespace:config:name`; null for anything else.</summary>
    public static ConfigKey? Parse(string text, string project) => text.Split(':') switch
    {
        [var name] when name.Length > 0 => new ConfigKey(project, name),
        [var space, var name] when space.Length > 0 && name.Length > 0 => new ConfigKey(space, name),
        [var space, "config", var name] when space.Length > 0 && name.Length > 0 => new ConfigKey(space, name),
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}:{Name}";
}

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
