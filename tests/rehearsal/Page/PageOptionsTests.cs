using System.Diagnostics;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Tests.Instruments;
using GopherMesh.Tests.Rehearsal.Rehearse;

namespace GopherMesh.Tests.Rehearsal.Page;

/// <summary>`--open`, with a browser's starter that only writes down how it was called.</summary>
[Collection(LiveTests.Name)]
public sealed class PageOptionsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();
    private Process? _gopherctl;

    public PageOptionsTests()
    {
        Directory.CreateDirectory(Programs);
        foreach (var file in new[] { "Pulumi.yaml", "Pulumi.local.yaml" })
        {
            File.Copy(Path.Combine(RepositoryRoot.Find(), file), Path.Combine(_folder.Path, file));
        }

        foreach (var program in new[] { "dotnet", "sh", "cut", "mv" })
        {
            File.CreateSymbolicLink(Path.Combine(Programs, program), RequiredProgram.Find(program)!);
        }
    }

    private string Programs => Path.Combine(_folder.Path, "bin");

    private string Opened => Path.Combine(_folder.Path, "opened");

    [TerminalFact]
    public async Task In_a_terminal_the_browser_gets_the_printed_address_in_a_process_group_that_Ctrl_C_does_not_reach()
    {
        WriteBrowser();
        var gopherctl = Start(inTerminal: true);

        var address = await LineAsync(gopherctl, "page at ");
        await LineAsync(gopherctl, "serving at ");
        using var patience = new CancellationTokenSource(Patience);
        while (!File.Exists(Opened))
        {
            await Task.Delay(20, patience.Token);
        }

        var call = (await File.ReadAllTextAsync(Opened)).Split('\n');
        Assert.Equal([address, call[1], call[1], "1", ""], call);
    }

    [TerminalFact]
    public async Task In_a_terminal_without_a_browser_it_says_so_and_goes_on()
    {
        var gopherctl = Start(inTerminal: true);

        await LineAsync(gopherctl, "note: no browser was opened: xdg-open is not on PATH");
        await LineAsync(gopherctl, "serving at ");
    }

    [Fact]
    public async Task Without_a_terminal_nothing_opens()
    {
        WriteBrowser();
        var gopherctl = Start(inTerminal: false);

        await LineAsync(gopherctl, "serving at ");

        Assert.False(File.Exists(Opened), "a browser was opened by a run that nobody sees");
    }

    public void Dispose()
    {
        _gopherctl?.Kill(entireProcessTree: true);
        _gopherctl?.Dispose();
        _folder.Dispose();
    }

    // What it is called with, its process, its process group, and how many arguments: written at once, by a rename.
    private void WriteBrowser()
    {
        var browser = Path.Combine(Programs, OperatingSystem.IsMacOS() ? "open" : "xdg-open");
        File.WriteAllText(browser, $$"""
            #!/bin/sh
            printf '%s\n%s\n%s\n%s\n' "$1" "$$" "$(cut -d' ' -f5 /proc/self/stat)" "$#" >'{{Opened}}.new'
            mv '{{Opened}}.new' '{{Opened}}'
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(browser, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private Process Start(bool inTerminal)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "gopherctl.dll"), "rehearse", "--stack", "local", "--requests", "20", "--serve", "--open"];
        var start = inTerminal
            ? new ProcessStartInfo(RequiredProgram.Find("script")!, ["--quiet", "--command", string.Join(' ', command.Select(word => $"'{word}'")), "/dev/null"])
            : new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" 2>&1", .. command]);
        start.RedirectStandardOutput = start.RedirectStandardInput = true;
        (start.Environment["PATH"], start.Environment["GOPHER_MESH_ROOT"]) = (Programs, _folder.Path);
        return _gopherctl = Process.Start(start)!;
    }

    // What follows such words in its output.
    private static async Task<string> LineAsync(Process gopherctl, string beginning)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await gopherctl.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            // In a terminal the progress line that it replaces stands before it.
            if (line.IndexOf(beginning, StringComparison.Ordinal) is >= 0 and var at)
            {
                return line[(at + beginning.Length)..].TrimEnd();
            }
        }

        throw new InvalidOperationException($"gopherctl ended without a line that begins with '{beginning}'");
    }
}

/// <summary>A test that needs a pseudo-terminal; skipped, with the reason, where nothing makes one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute() => Skip = RequiredProgram.SkipReason("script", package: "bsdutils");
}
