using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Tests.Unit;

/// <summary>The README's table of settings says what Settings say.</summary>
public sealed partial class ReadmeTests
{
    private static readonly IReadOnlyList<Row> Table =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "project", "README.md"))
            .Select(line => SettingRow().Match(line))
            .Where(match => match.Success)
            .Select(match => new Row(match.Groups["name"].Value, match.Groups["type"].Value, match.Groups["default"].Value, match.Groups["meaning"].Value)),
    ];

    private static readonly IReadOnlyList<string> Documented = [.. StackSettings.Keys.Where(key => key.Namespace == Project.Name).Select(key => key.Name)];

    public static TheoryData<string> Names => [.. Documented];

    [Fact]
    public void Has_a_row_for_each_setting_and_no_other() =>
        Assert.Equal(Documented.Order(), Table.Select(row => row.Name).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Row_agrees_with_Settings(string name)
    {
        var key = StackSettings.Keys.Single(key => key.Name == name);
        var row = Table.Single(row => row.Name == name);

        Assert.Equal(key.Type, row.Type);
        Assert.Equal(key.Description, row.Meaning);
        AssertJson.Equal(key.Type == SchemaType.Text ? JsonValue.Create(key.Default).ToJsonString() : key.Default, JsonNode.Parse(row.Default));
    }

    [GeneratedRegex("^\\| `(?<name>\\w+)` \\| (?<type>string|integer|boolean|array|object) \\| `(?<default>[^`]*)` \\| (?<meaning>.*) \\|$")]
    private static partial Regex SettingRow();

    private sealed record Row(string Name, string Type, string Default, string Meaning);
}
