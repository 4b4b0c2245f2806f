using System.CommandLine;
using System.Diagnostics;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Page;

/// <summary>`--page-port` and `--open`: where the page is, and whether a browser opens it.</summary>
internal sealed class PageOptions
{
    // A process group of its own: Ctrl-C ends gopherctl and not the browser. No stream of gopherctl: the browser's messages would stand between
    // its results, and a browser that writes after gopherctl's end would be killed.
    private const string StartApart = """command -v "$0" >/dev/null || exit 1; set -m; "$0" "$1" </dev/null >/dev/null 2>&1 &""";

    private readonly Option<int> _port = new Option<int>("--page-port") { Description = "The port of the page on 127.0.0.1; 0 takes a free one.", HelpName = "number" }.Within(0, 65_535);
    private readonly Option<bool> _open = new("--open") { Description = "Opens the page in the browser; without a terminal nothing opens." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_port);
        command.Options.Add(_open);
    }

    /// <summary>Whether any of the options is there.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(_port) is { Implicit: false } || parsed.GetValue(_open);

    /// <summary>Begins to serve the page, prints its address, and opens it if that was asked for.</summary>
    /// <exception cref="UserException">The port is taken.</exception>
    public async Task<PageServer> StartAsync(ParseResult parsed, Terminal terminal, IPageSystem system, LiveFigures figures, CancellationToken cancellation)
    {
        var server = await PageServer.StartAsync(parsed.GetValue(_port), system, figures, cancellation);
        terminal.Report($"page at {server.Address}");
        if (parsed.GetValue(_open) && terminal.Output.Profile.Out.IsTerminal)
        {
            await OpenAsync(server.Address, terminal);
        }

        return server;
    }

    private static async Task OpenAsync(Uri address, Terminal terminal)
    {
        var program = OperatingSystem.IsMacOS() ? "open" : "xdg-open";
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", StartApart, program, address.ToString()]) { RedirectStandardError = true })!;
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
        {
            terminal.Note($"no browser was opened: {program} is not on PATH");
        }
    }
}
