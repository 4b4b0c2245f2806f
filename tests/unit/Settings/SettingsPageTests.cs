using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Images;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Tests.Unit;

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
