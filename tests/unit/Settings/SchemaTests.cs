using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Images;
using GopherMesh.Infra.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Tests.Unit.Settings;

/// <summary>Pulumi.yaml's config schema and Settings describe the same keys.</summary>
public partial class SchemaTests
{
    public static TheoryData<string> Names => [.. StackSettings.Keys.Select(key => key.Name)];

    [Fact]
    public void Has_exactly_the_keys_of_Settings() =>
        Assert.Equal(StackSettings.Keys.Select(key => key.Name).Order(), PulumiSchema.Entries.Children.Keys.Select(key => ((YamlScalarNode)key).Value!).Order());

    [Fact]
    public void Has_each_key_in_one_group() =>
        Assert.Equal(StackSettings.Keys.Select(key => key.Name).Order(), PulumiSchema.Groups.SelectMany(group => group.Keys).Order());

    [Fact]
    public void No_key_is_read_twice() => Assert.Distinct(StackSettings.Keys.Select(key => key.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Agrees_with_Settings(string name)
    {
        var key = StackSettings.Keys.Single(key => key.Name == name);
        var entry = (YamlMappingNode)PulumiSchema.Entries[name];

        Assert.Equal(TypeOf(key), PulumiSchema.Type(name));
        Assert.Equal(PulumiSchema.Type(name) == "array", entry.Children.ContainsKey("items"));
        Assert.Equal(PulumiSchema.AsTheEnginePasses(entry["default"]), key.Default);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Describes_every_key(string name) => Assert.EndsWith(".", PulumiSchema.Description(name), StringComparison.Ordinal);

    // docs/recovery.md has them because an update with another value is refused, or replaces the cluster.
    [Fact]
    public void Says_of_each_key_that_a_running_stack_does_not_take_that_it_is_for_a_new_one()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "recovery.md"));
        var all = StackSettings.Keys.Where(key => key.Namespace == Project.Name).Select(key => key.Name).ToList();
        var keys = NamedKey().Matches(NewStackOnly().Match(page).Groups["keys"].Value).Select(match => match.Groups["key"].Value).Where(all.Contains).ToList();

        Assert.Equal(["privateSubnetIds", "rolePath", "vpcCidr", "vpcId", "zones"], keys.Order());
        Assert.All(keys, key => Assert.Contains(" For a new stack only: ", PulumiSchema.Description(key), StringComparison.Ordinal));
        Assert.Equal(keys.Order(), all.Where(key => PulumiSchema.Description(key).Contains("For a new stack", StringComparison.Ordinal)).Order());
    }

    [Theory]
    [InlineData("Pulumi.dev.yaml")]
    [InlineData("Pulumi.local.yaml")]
    public void The_committed_stacks_are_accepted(string file) => StackSettings.Read(
        PulumiSchema.Config(file).Children.ToDictionary(entry => ((YamlScalarNode)entry.Key).Value!, entry => PulumiSchema.AsTheEnginePasses(entry.Value)));

    // The schema's type for the type of the value. Members of an enumeration are strings, and so are fractions, which the
    // schema does not know, and lists of numbers as the command line takes them (5,50,100).
    private static string TypeOf(SettingKey key) => key.GetType().GenericTypeArguments[0] switch
    {
        var type when type == typeof(int) => "integer",
        var type when type == typeof(bool) => "boolean",
        var type when type == typeof(string) || type == typeof(MaintenanceWindow) || type.IsEnum || type == typeof(double) || type == typeof(ImmutableArray<int>) => "string",
        var type when type == typeof(ImmutableArray<string>) => "array",
        var type when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) => "object",
        var type => throw new NotSupportedException($"the schema has no type for {type}"),
    };

    [GeneratedRegex(@"## A setting that a running stack does not take\n(?<keys>.*?)Set it back", RegexOptions.Singleline)]
    private static partial Regex NewStackOnly();

    [GeneratedRegex(@"`(?<key>\w+)`")]
    private static partial Regex NamedKey();
}

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

/// <summary>docs/settings.md says what Pulumi.yaml says. With UPDATE_GOLDEN=1 the first test writes its tables again.</summary>
public sealed partial class SettingsPageTests
{
    private static readonly string PagePath = Path.Combine(RepositoryRoot.Find(), "docs", "settings.md");

    private static readonly IReadOnlyList<string> Documented = [.. StackSettings.Keys.Where(key => key.Namespace == Project.Name).Select(key => key.Name)];

    public static TheoryData<string> Names => [.. Documented];

    [Fact]
    public void The_tables_agree_with_Pulumi_yaml()
    {
        var page = File.ReadAllText(PagePath);
        var current = Tables().Replace(page, match => match.Groups["begin"].Value + Written() + match.Groups["end"].Value);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(PagePath, page = current);
        }

        Assert.True(page == current, "docs/settings.md is stale; run scripts/write-settings-docs");
    }

    [Fact]
    public void Has_a_row_for_each_setting_and_no_other() =>
        Assert.Equal(Documented.Order(), Rows().Select(row => row.Name).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Row_agrees_with_the_setting(string name)
    {
        var key = StackSettings.Keys.Single(key => key.Name == name);
        var row = Rows().Single(row => row.Name == name);

        Assert.Equal(PulumiSchema.Type(name), row.Type);
        Assert.Equal(PulumiSchema.Description(name), row.Meaning);
        AssertJson.Equal(row.Type == "string" ? JsonValue.Create(key.Default).ToJsonString() : key.Default, JsonNode.Parse(row.Default));
    }

    [Fact]
    public void The_errors_on_the_page_are_real()
    {
        var message = Assert.Throws<SettingsException>(() => StackSettings.Read(StackFiles.Dev(("canaryVersion", "v2"), ("canaryWeight", "500"), ("mirorPercent", "10")))).Message;
        Assert.Contains(string.Concat(message.Split('\n').Select(line => $"    {line}\n")), File.ReadAllText(PagePath), StringComparison.Ordinal);
    }

    private static string Written()
    {
        var text = new StringBuilder("\n");
        foreach (var (title, keys) in PulumiSchema.Groups)
        {
            text.Append($"## {title}\n\n| Setting | Type | Default | Meaning |\n|---|---|---|---|\n");
            foreach (var key in keys)
            {
                text.Append($"| `{key}` | {PulumiSchema.Type(key)} | `{PulumiSchema.Default(key)}` | {PulumiSchema.Description(key)} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static IReadOnlyList<Row> Rows() =>
    [
        .. File.ReadLines(PagePath)
            .Select(line => SettingRow().Match(line))
            .Where(match => match.Success)
            .Select(match => new Row(match.Groups["name"].Value, match.Groups["type"].Value, match.Groups["default"].Value, match.Groups["meaning"].Value)),
    ];

    [GeneratedRegex("(?<begin><!-- The tables are written .*-->\n)(?s:.*)(?<end><!-- end of the tables -->)")]
    private static partial Regex Tables();

    [GeneratedRegex("^\\| `(?<name>\\w+)` \\| (?<type>string|integer|boolean|array|object) \\| `(?<default>[^`]*)` \\| (?<meaning>.*) \\|$")]
    private static partial Regex SettingRow();

    private sealed record Row(string Name, string Type, string Default, string Meaning);
}
