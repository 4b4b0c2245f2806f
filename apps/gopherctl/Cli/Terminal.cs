using System.Globalization;
using Spectre.Console;

namespace GopherMesh.Gopherctl.Cli;

/// <summary>Where a command writes: results on standard output; progress, notes and errors on standard error.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Progress, notes and errors.</param>
public sealed record Terminal(IAnsiConsole Output, IAnsiConsole Error)
{
    // Wide enough for every table of gopherctl, so that a pipe or a log gets whole lines.
    private const int WidthOfPipe = 200;

    /// <summary>Standard input; null if it is a keyboard.</summary>
    public TextReader? Input { get; init; }

    /// <summary>The process's own streams; colour and progress only where they are terminals (and NO_COLOR is not set).</summary>
    public static Terminal OfProcess() => new(For(Console.Out, Console.IsOutputRedirected), For(Console.Error, Console.IsErrorRedirected))
    {
        Input = Console.IsInputRedirected ? Console.In : null,
    };

    /// <summary>Plain text to writers, as into a pipe.</summary>
    public static Terminal Of(TextWriter output, TextWriter error) => new(For(output, isRedirected: true), For(error, isRedirected: true));

    /// <summary>Writes a line of results unchanged, without wrapping it.</summary>
    public void Print(string line) => Output.Profile.Out.Writer.WriteLine(line);

    /// <summary>Writes a line about the run to standard error unchanged, without wrapping it.</summary>
    public void Report(string line) => Error.Profile.Out.Writer.WriteLine(line);

    /// <summary>A remark that is not an error.</summary>
    public void Note(string text) => Error.WriteLine($"note: {Printable.Lines(text)}");

    private static IAnsiConsole For(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isRedirected)
        {
            console.Profile.Width = WidthOfPipe;
        }

        return console;
    }
}

/// <summary>A line of a terminal that shows the progress of a command; nothing if the output is not a terminal.</summary>
internal sealed class ProgressLine(Terminal terminal) : IDisposable
{
    private const string EraseLine = "\r\u001b[2K";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly bool _isShown = terminal.Error.Profile.Out.IsTerminal && terminal.Error.Profile.Capabilities.Ansi;
    private long _shownAt;

    /// <summary>Replaces the line.</summary>
    public void Show(string text)
    {
        if (!_isShown)
        {
            return;
        }

        _shownAt = TimeProvider.System.GetTimestamp();
        terminal.Error.Profile.Out.Writer.Write($"{EraseLine}{text}");
        terminal.Error.Profile.Out.Writer.Flush();
    }

    /// <summary>Replaces the line with a count, ten times a second at most.</summary>
    public void Count(string what, int done, int all)
    {
        if (_isShown && TimeProvider.System.GetElapsedTime(_shownAt) >= Interval)
        {
            Show(string.Create(CultureInfo.InvariantCulture, $"{what}: {done:N0} of {all:N0}"));
        }
    }

    /// <summary>Erases the line.</summary>
    public void Dispose() => Show("");
}
