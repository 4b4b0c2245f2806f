using System.Diagnostics;
using GopherMesh.Tests.Rehearsal.Pipeline;
using GopherMesh.Tests.Rehearsal.Rehearse;

namespace GopherMesh.Tests.Rehearsal.Cli;

/// <summary>The scripts of `completion`, in the shells that they are for.</summary>
[Collection(LiveTests.Name)]
public sealed class CompletionTests
{
    [OtherLinterFact("fish")]
    public async Task Fish_completes_a_command() =>
        Assert.Equal("rehearse\nrender\nrollout\n", await RunAsync("fish", "source script; complete -C 'gopherctl r'", "--no-config", "-c"));

    // zsh completes in its line editor alone, so zpty gives it a terminal; the one command that begins with "rehe" is then in the line.
    [OtherLinterFact("zsh")]
    public async Task Zsh_completes_a_command() =>
        Assert.Contains("VALUE=rehearse ", await RunAsync("zsh", """
            zmodload zsh/zpty
            zpty z zsh -f -i
            zpty -w z 'autoload -Uz compinit; compinit -u -D; source script; show() { print -r -- "VAL""UE=${BUFFER#* }"; }; zle -N show; bindkey "^X" show; print REA""DY'
            zpty -r z out '*READY*'
            zpty -w -n z $'gopherctl rehe\t\x18'
            zpty -r z out '*VALUE=*' && print -rn -- "$out"
            zpty -r z out $'*\n*' && print -rn -- "$out"
            zpty -d z
            """, "-f", "-c"), StringComparison.Ordinal);

    private static async Task<string> RunAsync(string shell, string script, params string[] options)
    {
        using var folder = new TempFolder();
        var written = await GopherctlRun.Of("completion", shell);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "script"), written.Output);
        var command = Path.Combine(folder.Path, "gopherctl");
        await File.WriteAllTextAsync(command, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "gopherctl.dll")}' \"$@\"\n");
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(shell, [.. options, script]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{folder.Path}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = folder.Path;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
