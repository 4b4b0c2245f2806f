using System.Globalization;
using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Unit;

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

    /// <summary>The cost of a month, from price and count.</summary>
    public decimal ReckonedMonth => Price * Count * (IsHourly ? HoursOfAMonth : 1);
}
