using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using Spectre.Console;

namespace GopherMesh.Gopherctl.Watch;

/// <summary>On a terminal: the answers scroll, and the tally stands under them. What it shows last is the summary.</summary>
internal sealed class TerminalView(IAnsiConsole console) : IWatchView
{
    /// <inheritdoc/>
    public Task ShowAsync(Func<Action<WatchedAnswer>, Task> watch, WatchTally tally) =>
        console.Live(TallyTable.Of(tally)).StartAsync(context => watch(answer =>
        {
            Write(answer);
            context.UpdateTarget(TallyTable.Of(tally));
        }));

    // Written over the table, which is then drawn again below. In one piece, or the table would be drawn in between; the panel, which has
    // no border, fills every line up with spaces, or the rest of the table would stay.
    private void Write(WatchedAnswer answer)
    {
        var text = answer is { Failed: true, Status: { } status } ? $"{status} {answer.Text}" : answer.Text;
        var latency = string.Create(CultureInfo.InvariantCulture, $" {answer.Latency.TotalMilliseconds:0.0} ms");
        var line = new Paragraph(Printable.Line(text), answer.Failed ? new Style(Color.Red) : Style.Plain).Append(latency, new Style(Color.Grey));
        console.Write(new Panel(line) { Border = BoxBorder.None, Padding = new Padding(0), Expand = true });
    }
}
