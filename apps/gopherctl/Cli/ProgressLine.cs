using System.Globalization;

namespace GopherMesh.Gopherctl.Cli;

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
