using System.Globalization;
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

    // Written over the table, which is then drawn again below: spaces cover what was there.
    private void Write(WatchedAnswer answer)
    {
        var text = answer is { Failed: true, Status: { } status } ? $"{status} {answer.Text}" : answer.Text;
        var latency = string.Create(CultureInfo.InvariantCulture, $"{answer.Latency.TotalMilliseconds:0.0} ms");
        var cover = new string(' ', Math.Max(0, console.Profile.Width - text.Length - latency.Length - 1));
        console.Write(new Paragraph(text, answer.Failed ? new Style(Color.Red) : Style.Plain).Append($" {latency}{cover}", new Style(Color.Grey)));
        console.WriteLine();
    }
}
