using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;
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

    [Fact]
    public void A_progress_line_that_is_longer_than_the_terminal_is_wide_leaves_nothing_behind()
    {
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.Yes, Out = new Narrow(written) });
        using var progress = new ProgressLine(new Terminal(console, console));

        progress.Show(new string('a', 81));
        progress.Show("b");

        Assert.EndsWith("a\r\u001b[2K\u001b[1A\u001b[2K\u001b[1A\u001b[2Kb", written.ToString(), StringComparison.Ordinal);
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

    private sealed class Narrow(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => 40;

        public int Height => 10;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}

/// <summary>As much of a terminal as Spectre's live displays use: lines, the cursor's way up and to the left, and erasing.</summary>
internal static partial class Screen
{
    /// <summary>The lines on the screen after a text has been written to it, without trailing spaces.</summary>
    /// <exception cref="NotSupportedException">The text has a sequence that this terminal does not know.</exception>
    public static IReadOnlyList<string> After(string written)
    {
        List<StringBuilder> lines = [new()];
        var (row, column) = (0, 0);
        foreach (var token in Token().EnumerateMatches(written))
        {
            Obey(written.Substring(token.Index, token.Length));
        }

        return [.. lines.Select(line => line.ToString().TrimEnd())];

        void Obey(string token)
        {
            switch (token)
            {
                case "\r": column = 0; break;
                case "\n": (row, column) = (row + 1, 0); break;
                case ['\u001b', '[', .. var count, 'A']: row -= count.Length == 0 ? 1 : int.Parse(count, CultureInfo.InvariantCulture); break;
                case "\u001b[2K": lines[row].Clear(); break;
                case ['\u001b', '[', .., 'm' or 'h' or 'l']: break;
                case ['\u001b', ..]: throw new NotSupportedException(token[1..]);
                default: Put(token[0]); break;
            }

            while (lines.Count <= row)
            {
                lines.Add(new());
            }
        }

        void Put(char character)
        {
            var line = lines[row].Append(' ', Math.Max(0, column + 1 - lines[row].Length));
            line[column++] = character;
        }
    }

    [GeneratedRegex(@"\u001b\[[?0-9;]*[A-Za-z]|[\s\S]")]
    private static partial Regex Token();
}

/// <summary>Quantiles of the latest latencies.</summary>
public class LatencyWindowTests
{
    [Theory]
    [InlineData(0.50, 50)]
    [InlineData(0.99, 99)]
    [InlineData(1, 100)]
    public void Is_the_smallest_that_so_many_did_not_exceed(double share, double expected) => Assert.Equal(expected, Window(1, 100).Quantile(share));

    [Fact]
    public void One_is_every_quantile() => Assert.Equal(7, Window(7, 7).Quantile(0.01));

    [Fact]
    public void Forgets_what_is_long_ago()
    {
        var window = Window(1, 1500);
        Assert.Equal(501, window.Quantile(0.001));
        Assert.Equal(1500, window.Quantile(1));
    }

    private static LatencyWindow Window(int first, int last)
    {
        var window = new LatencyWindow();
        for (var milliseconds = first; milliseconds <= last; milliseconds++)
        {
            window.Add(TimeSpan.FromMilliseconds(milliseconds));
        }

        return window;
    }
}
