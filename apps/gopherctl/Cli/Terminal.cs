using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
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
    public static Terminal OfProcess() => new(
        Console.IsOutputRedirected ? For(new ProcessOutput(Console.Out, isForResults: true), isRedirected: true) : For(Console.Out, isRedirected: false),
        Console.IsErrorRedirected ? For(new ProcessOutput(Console.Error, isForResults: false), isRedirected: true) : For(Console.Error, isRedirected: false))
    {
        Input = Console.IsInputRedirected ? Console.In : null,
    };

    /// <summary>Plain text to writers, as into a pipe.</summary>
    public static Terminal Of(TextWriter output, TextWriter error) => new(For(output, isRedirected: true), For(error, isRedirected: true));

    /// <summary>Writes a line of results unchanged, without wrapping it.</summary>
    public void Print(string line) => Output.Profile.Out.Writer.WriteLine(line);

    /// <summary>Writes a line about the run to standard error unchanged, without wrapping it.</summary>
    public void Report(string line) => Error.Profile.Out.Writer.WriteLine(line);

    /// <summary>A remark that is not an error. Its lines are not wrapped, since one may have a command to copy; all but the first are indented.</summary>
    public void Note(string text) => Report($"note: {Printable.Lines(text).Replace("\n", "\n      ", StringComparison.Ordinal)}");

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

/// <summary>A line of a terminal, which may be longer than the terminal is wide, that shows the progress of a command; nothing if the output is not a terminal.</summary>
internal sealed class ProgressLine(Terminal terminal) : IDisposable
{
    private const string EraseLine = "\r\u001b[2K";
    private const string EraseLineAbove = "\u001b[1A\u001b[2K";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly bool _isShown = terminal.Error.Profile.Out.IsTerminal && terminal.Error.Profile.Capabilities.Ansi;
    private long _shownAt;
    private int _length;

    /// <summary>Replaces the line.</summary>
    public void Show(string text)
    {
        if (!_isShown)
        {
            return;
        }

        _shownAt = TimeProvider.System.GetTimestamp();
        var above = string.Concat(Enumerable.Repeat(EraseLineAbove, Math.Max(0, _length - 1) / Math.Max(1, terminal.Error.Profile.Width)));
        _length = text.Length;
        terminal.Error.Profile.Out.Writer.Write($"{EraseLine}{above}{text}");
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

    /// <summary>Erases the line; another may be shown.</summary>
    public void Erase() => Show("");

    /// <inheritdoc/>
    public void Dispose() => Erase();
}

/// <summary>The JSON that commands write: for people and jq and not for an HTML page, so that no character is escaped that JSON itself allows.</summary>
internal static class OutputJson
{
    /// <summary>On one line.</summary>
    public static JsonSerializerOptions Line { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>A document of its own, indented.</summary>
    public static JsonSerializerOptions Document { get; } = new(Line) { WriteIndented = true, NewLine = "\n" };
}

/// <summary>
/// Makes text from outside safe for a terminal: answers of servers, names in manifests, values in files. Characters that a terminal executes
/// instead of showing (ESC, CR, NUL and all other controls), and those that change the direction of writing, are shown as <c>\u001b</c>.
/// </summary>
public static class Printable
{
    /// <summary>A text for one line: line breaks are escaped too.</summary>
    public static string Line(string text) => Escape(text, keepsLineFeeds: false);

    /// <summary>A text for several lines, such as a message of gopherctl that contains text from outside.</summary>
    public static string Lines(string text) => Escape(text, keepsLineFeeds: true);

    private static string Escape(string text, bool keepsLineFeeds)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(character => IsObeyed(character, keepsLineFeeds)))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = IsObeyed(character, keepsLineFeeds)
                ? escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}")
                : escaped.Append(character);
        }

        return escaped.ToString();
    }

    // Bidirectional overrides and isolates belong to Unicode's category Format. Others of that category, such as joiners, are part of words.
    private static bool IsObeyed(char character, bool keepsLineFeeds) => character switch
    {
        '\n' => !keepsLineFeeds,
        '\t' => false,
        '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c' => true,
        _ => char.IsControl(character),
    };
}

/// <summary>
/// A stream of the process that leads into a file or a pipe, which may be full or closed. Results that cannot be written are an error that the user
/// can correct; what is told about a run is left out, because there is nowhere to say so.
/// </summary>
/// <param name="stream">The stream.</param>
/// <param name="isForResults">Whether results go there.</param>
internal sealed class ProcessOutput(TextWriter stream, bool isForResults) : TextWriter
{
    public override Encoding Encoding => stream.Encoding;

    public override void Write(char value) => Try(() => stream.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => stream.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => stream.Write(value));

    public override void WriteLine() => Try(stream.WriteLine);

    public override void WriteLine(string? value) => Try(() => stream.WriteLine(value));

    public override void Flush() => Try(stream.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (isForResults)
            {
                throw new UserException($"the results cannot be written: {failure.Message}", "standard output", "Let it lead to where there is space.");
            }
        }
    }
}
