using System.Globalization;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Tests.Unit.Documents;

/// <summary>
/// The tables of docs/cost.md add up, and describe the stack with its default settings. No test here knows whether a price is right.
/// </summary>
public sealed partial class CostTableTests
{
    private const string Nodes = "Nodes:", Fee = "Auto Mode's fee", Volumes = "Nodes' volumes";

    private static readonly string Page = File.ReadAllText(ProjectFile("docs/cost.md"));

    private static readonly IReadOnlyList<CostTable> Tables = CostTable.In(Page);

    // The stack as it is, and at worst.
    public static TheoryData<int, string> Items
    {
        get
        {
            var items = new TheoryData<int, string>();
            foreach (var (index, table) in Tables.Index())
            {
                foreach (var row in table.Rows)
                {
                    items.Add(index, row.Item);
                }
            }

            return items;
        }
    }

    [Fact]
    public void There_are_two_tables_and_every_line_of_them_is_read()
    {
        Assert.Equal(2, Tables.Count);
        // Besides the items, each has a head, a line under it and a sum.
        Assert.Equal(Page.Split('\n').Count(line => line.StartsWith('|')), Tables.Sum(table => table.Rows.Count + 3));
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void An_item_costs_its_price_times_its_count(int table, string item)
    {
        var row = Tables[table].Row(item);

        Assert.Equal(decimal.Round(row.ReckonedMonth, 2, MidpointRounding.AwayFromZero), row.Month);
        Assert.Equal(decimal.Round(row.ReckonedMonth / CostRow.HoursOfAMonth, 4, MidpointRounding.AwayFromZero), row.Hour);
    }

    [Fact]
    public void A_sum_is_that_of_its_items() => Assert.All(Tables, table => Assert.Equal(
        (table.Rows.Sum(row => row.Hour), table.Rows.Sum(row => row.Month)), (table.Hour, table.Month)));

    [Fact]
    public void The_worst_case_differs_in_the_nodes_their_fee_and_their_volumes()
    {
        string[] ofNodes = [Nodes, Fee, Volumes];
        var rest = Tables[0].Rows.Except(ofNodes.Select(Tables[0].Row));

        Assert.Equal(rest.Sum(row => row.Month), Tables[1].Rows[^1].Month);
    }

    [Fact]
    public void Counts_are_those_of_the_defaults()
    {
        var zones = Number("zones");

        Assert.Equal(("one", "internet-facing"), (Default("natGateways"), Default("gatewayScheme")));
        Assert.Equal(zones, Tables[0].Row(Nodes).Count);
        Assert.Equal(zones + 1, Tables[0].Row("Public IPv4 addresses").Count);
        // Of two vCPUs each.
        Assert.Equal(Number("nodeCpuLimit"), 2 * Tables[1].Row(Nodes).Count);
    }

    [Fact]
    public void Each_node_has_a_volume_and_a_fee_of_12_percent() => Assert.All(Tables, table =>
    {
        Assert.Equal(80 * table.Row(Nodes).Count, table.Row(Volumes).Count);
        Assert.Equal(table.Row(Nodes).Count, table.Row(Fee).Count);
        Assert.Equal(decimal.Round(table.Row(Nodes).Price * 0.12m, 5), table.Row(Fee).Price);
    });

    [Fact]
    public void It_names_the_day_and_the_region_of_the_prices()
    {
        var region = AwsRegion().Match(File.ReadAllText(ProjectFile("Pulumi.dev.yaml"))).Groups[1].Value;

        Assert.NotEmpty(region);
        Assert.Contains(region, Page, StringComparison.Ordinal);
        Assert.True(DateOnly.TryParseExact(
            WrittenOn().Match(Page).Groups[1].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    private static string Default(string setting) => StackSettings.Keys.Single(key => key.Name == setting).Default;

    private static decimal Number(string setting) => decimal.Parse(Default(setting), CultureInfo.InvariantCulture);

    private static string ProjectFile(string name) => Path.Combine(AppContext.BaseDirectory, "project", name);

    [GeneratedRegex("aws:region: (\\S+)")]
    private static partial Regex AwsRegion();

    [GeneratedRegex("Written on (\\d{4}-\\d{2}-\\d{2})")]
    private static partial Regex WrittenOn();
}

/// <summary>A table of docs/cost.md: items, and their sum.</summary>
/// <param name="Rows">The items.</param>
/// <param name="Hour">The stated sum of an hour, in US dollars.</param>
/// <param name="Month">The stated sum of a month.</param>
internal sealed partial record CostTable(IReadOnlyList<CostRow> Rows, decimal Hour, decimal Month)
{
    /// <summary>The tables of a text.</summary>
    public static IReadOnlyList<CostTable> In(string text) => [.. Table().Matches(text).Select(Of)];

    /// <summary>The row whose item starts with a text.</summary>
    public CostRow Row(string item) => Rows.Single(row => row.Item.StartsWith(item, StringComparison.Ordinal));

    private static CostTable Of(Match match) =>
        new(
            [.. Line().Matches(match.Value).Select(CostRow.Of)],
            CostRow.Number(match.Groups["hour"]),
            CostRow.Number(match.Groups["month"]));

    [GeneratedRegex(
        @"^\| Item \|.*?^\| \*\*Together\*\* \| \| \| \*\*(?<hour>[\d.]+)\*\* \| \*\*(?<month>[\d.]+)\*\* \|$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex(
        @"^\| (?<item>[^|*]+) \| (?<price>[\d.]+) (?<unit>an hour|a month) \| (?<count>[\d.]+)(?: GB)?"
        + @" \| (?<hour>[\d.]+) \| (?<month>[\d.]+) \|$",
        RegexOptions.Multiline)]
    private static partial Regex Line();
}

/// <summary>An item.</summary>
/// <param name="Item">What it is.</param>
/// <param name="Price">The price of one, in US dollars.</param>
/// <param name="IsHourly">Whether that is the price of an hour, and not of a month.</param>
/// <param name="Count">How many.</param>
/// <param name="Hour">What it is stated to cost an hour.</param>
/// <param name="Month">What it is stated to cost a month.</param>
internal sealed record CostRow(string Item, decimal Price, bool IsHourly, decimal Count, decimal Hour, decimal Month)
{
    /// <summary>Hours of a month in AWS's calculator.</summary>
    public const decimal HoursOfAMonth = 730;

    /// <summary>The cost of a month, from price and count.</summary>
    public decimal ReckonedMonth => Price * Count * (IsHourly ? HoursOfAMonth : 1);

    /// <summary>The row of a matched line.</summary>
    public static CostRow Of(Match line) => new(
        line.Groups["item"].Value,
        Number(line.Groups["price"]),
        line.Groups["unit"].Value == "an hour",
        Number(line.Groups["count"]),
        Number(line.Groups["hour"]),
        Number(line.Groups["month"]));

    /// <summary>A number as the page writes it.</summary>
    public static decimal Number(Group group) => decimal.Parse(group.Value, CultureInfo.InvariantCulture);
}
