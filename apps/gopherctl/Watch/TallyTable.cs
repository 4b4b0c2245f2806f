using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using Spectre.Console;

namespace GopherMesh.Gopherctl.Watch;

/// <summary>A tally as a table: a row for each version and pod, and one for all.</summary>
internal static class TallyTable
{
    public static Table Of(WatchTally tally)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("version", "pod");
        foreach (var number in (string[])["requests", "share", "failed", "p50", "p99"])
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        foreach (var line in tally.Lines)
        {
            table.AddRow(
                Shown(line.Version), Shown(line.Pod), Number(line.Requests), Share(line.Requests, tally.Requests), Failures(line.Failed),
                Milliseconds(line.Latency.Quantile(0.50)), Milliseconds(line.Latency.Quantile(0.99)));
        }

        table.AddEmptyRow();
        table.AddRow("all", "", Number(tally.Requests), "", Failures(tally.Failed), "", "");
        return table;
    }

    // Versions and pods come from the answers of a server, so they may contain anything.
    private static string Shown(string text) => Markup.Escape(Printable.Line(text));

    private static string Failures(int failed) => failed == 0 ? "0" : $"[red]{Number(failed)}[/]";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(int part, int whole) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.0} %");

    private static string Milliseconds(double latency) => string.Create(CultureInfo.InvariantCulture, $"{latency:0.0} ms");
}
