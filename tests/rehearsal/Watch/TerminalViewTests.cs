using GopherMesh.Gopherctl.Watch;
using Spectre.Console;

namespace GopherMesh.Tests.Rehearsal.Watch;

/// <summary>What a terminal shows of a watch.</summary>
public class TerminalViewTests
{
    private const string Pod = "gopher-distributor-v2-h9pq5jpwsl-g4l56";

    [Theory]
    [InlineData(120)]
    [InlineData(60)]
    public async Task Answers_scroll_above_one_table_and_nothing_of_the_tables_before_is_left(int width)
    {
        var screen = await ShownAsync(width, answers: 4);

        var table = screen.FindLastIndex(line => line.StartsWith('╭'));
        Assert.Equal(4, screen.Take(table).Count(line => line.StartsWith("Request >> ", StringComparison.Ordinal)));
        Assert.DoesNotContain(screen.Take(table), line => line.AsSpan().ContainsAny('│', '─', '╭'));
        Assert.Matches("^│ all .* 4 │", screen[^2]);
        Assert.StartsWith("╰", screen[^1], StringComparison.Ordinal);
    }

    private static async Task<List<string>> ShownAsync(int width, int answers)
    {
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(written) });
        console.Profile.Width = width;
        var tally = new WatchTally();
        await new TerminalView(console).ShowAsync(
            tell =>
            {
                for (var i = 0; i < answers; i++)
                {
                    var answer = new WatchedAnswer(DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(1.5), 200, $"Request >> Gopher Version 2 from pod {Pod} (817b00a0b7cca7a5)");
                    tally.Add(answer);
                    tell(answer);
                }

                return Task.CompletedTask;
            },
            tally);
        return [.. Screen.After(written.ToString()).Where(line => line.Length > 0)];
    }
}
