using System.Globalization;
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
