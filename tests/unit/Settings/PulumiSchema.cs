using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Tests.Unit;

/// <summary>The config schema of Pulumi.yaml.</summary>
internal static partial class PulumiSchema
{
    /// <summary>The entries by key.</summary>
    public static YamlMappingNode Entries { get; } = Config("Pulumi.yaml");

    /// <summary>The keys under the title of their group, in the file's order.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<string> Keys)> Groups { get; } =
    [
        .. Group().Matches(File.ReadAllText(PathOf("Pulumi.yaml")))
            .Select(group => (group.Groups["title"].Value, (IReadOnlyList<string>)[.. group.Groups["key"].Captures.Select(key => key.Value)])),
    ];

    public static string Type(string key) => Text(key, "type");

    public static string Description(string key) => Text(key, "description");

    /// <summary>The default as JSON.</summary>
    public static string Default(string key) =>
        Type(key) == "string" ? JsonValue.Create(Text(key, "default")).ToJsonString() : AsTheEnginePasses(Entries[key]["default"]);

    /// <summary>The configuration in a file of the project.</summary>
    public static YamlMappingNode Config(string file)
    {
        using var text = File.OpenText(PathOf(file));
        var yaml = new YamlStream();
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents[0].RootNode["config"];
    }

    /// <summary>The text of a value, as <c>createConfigValue</c> in pulumi's pkg/workspace/config.go: scalars as text, anything else as JSON.</summary>
    public static string AsTheEnginePasses(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value! : AsJson(node)!.ToJsonString();

    private static string Text(string key, string member) => ((YamlScalarNode)Entries[key][member]).Value!;

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "project", file);

    private static JsonNode? AsJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, AsJson(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(AsJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } => throw new NotSupportedException($"{node} is not in quotes."),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };

    // A comment line of two spaces, and the keys up to the next one.
    [GeneratedRegex(@"^  # (?<title>.+)\n(?:  (?<key>\w+):\n(?:    .*\n)+)+", RegexOptions.Multiline)]
    private static partial Regex Group();
}
