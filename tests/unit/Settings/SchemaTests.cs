using System.Text.Json.Nodes;
using GopherMesh.Infra.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Tests.Unit;

/// <summary>Pulumi.yaml's config schema and Settings describe the same keys.</summary>
public class SchemaTests
{
    private static readonly YamlMappingNode Schema = Load("Pulumi.yaml");

    public static TheoryData<string> Names => [.. StackSettings.Keys.Select(key => key.Name)];

    [Fact]
    public void Has_exactly_the_keys_of_Settings() =>
        Assert.Equal(StackSettings.Keys.Select(key => key.Name).Order(), Schema.Children.Keys.Select(key => ((YamlScalarNode)key).Value!).Order());

    [Fact]
    public void No_key_is_read_twice() => Assert.Distinct(StackSettings.Keys.Select(key => key.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Agrees_with_Settings(string name)
    {
        var key = StackSettings.Keys.Single(key => key.Name == name);
        var entry = (YamlMappingNode)Schema[name];

        Assert.Equal(key.Type, ((YamlScalarNode)entry["type"]).Value);
        Assert.Equal(key.Description, ((YamlScalarNode)entry["description"]).Value);
        Assert.Equal(key.Type == SchemaType.List, entry.Children.ContainsKey("items"));
        Assert.Equal(AsTheEnginePasses(entry["default"]), key.Default);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Describes_every_key(string name) => Assert.EndsWith(".", StackSettings.Keys.Single(key => key.Name == name).Description, StringComparison.Ordinal);

    [Theory]
    [InlineData("Pulumi.dev.yaml")]
    [InlineData("Pulumi.local.yaml")]
    public void The_committed_stacks_are_accepted(string file) =>
        StackSettings.Read(Load(file).Children.ToDictionary(entry => ((YamlScalarNode)entry.Key).Value!, entry => AsTheEnginePasses(entry.Value)));

    private static YamlMappingNode Load(string file)
    {
        using var text = File.OpenText(Path.Combine(AppContext.BaseDirectory, "project", file));
        var yaml = new YamlStream();
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents[0].RootNode["config"];
    }

    // createConfigValue in pulumi's pkg/workspace/config.go: scalars as text, anything else as JSON.
    private static string AsTheEnginePasses(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value! : AsJson(node)!.ToJsonString();

    private static JsonNode? AsJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, AsJson(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(AsJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } => throw new NotSupportedException($"{node} is not in quotes."),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };
}
