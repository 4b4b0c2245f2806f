using System.Globalization;
using System.Text.Json;
using GopherMesh.Gopherctl.Cli;
using Spectre.Console;

namespace GopherMesh.Gopherctl.Watch;

/// <summary>On a terminal: the answers scroll, and the tally is below them. Its last state is the summary.</summary>
internal sealed class TerminalView(IAnsiConsole console) : IWatchView
{
    /// <inheritdoc/>
    public Task ShowAsync(Func<Action<WatchedAnswer>, Task> watch, WatchTally tally) =>
        console.Live(TallyTable.Of(tally)).StartAsync(context => watch(answer =>
        {
            Write(answer);
            context.UpdateTarget(TallyTable.Of(tally));
        }));

    // The answers overwrite the table, which is then drawn again below. They are written in one piece, so that the table is not drawn in
    // between. The panel has no border; it fills every line with spaces, so that nothing of the old table stays.
    private void Write(WatchedAnswer answer)
    {
        var text = answer is { Failed: true, Status: { } status } ? $"{status} {answer.Text}" : answer.Text;
        var latency = string.Create(CultureInfo.InvariantCulture, $" {answer.Latency.TotalMilliseconds:0.0} ms");
        var line = new Paragraph(Printable.Line(text), answer.Failed ? new Style(Color.Red) : Style.Plain).Append(latency, new Style(Color.Grey));
        console.Write(new Panel(line) { Border = BoxBorder.None, Padding = new Padding(0), Expand = true });
    }
}

/// <summary>In a pipe or a file: a line of JSON for each answer, and one at the end that sums up.</summary>
internal sealed class JsonView(TextWriter output) : IWatchView
{
    /// <inheritdoc/>
    public async Task ShowAsync(Func<Action<WatchedAnswer>, Task> watch, WatchTally tally)
    {
        await watch(answer => Write(new
        {
            at = answer.At,
            status = answer.Status,
            version = answer.Version,
            pod = answer.Pod,
            ms = Rounded(answer.Latency.TotalMilliseconds),
            failed = answer.Failed,
            text = answer.Text,
        }));
        Write(new
        {
            requests = tally.Requests,
            failed = tally.Failed,
            pods = tally.Lines.Select(line => new
            {
                version = line.Version,
                pod = line.Pod,
                requests = line.Requests,
                failed = line.Failed,
                p50Ms = Rounded(line.Latency.Quantile(0.50)),
                p99Ms = Rounded(line.Latency.Quantile(0.99)),
            }),
        });
    }

    private void Write<T>(T line)
    {
        output.WriteLine(JsonSerializer.Serialize(line, OutputJson.Line));
        output.Flush();
    }

    private static double Rounded(double milliseconds) => Math.Round(milliseconds, 2);
}

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
