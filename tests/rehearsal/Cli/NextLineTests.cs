using System.Diagnostics;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Tests.Instruments;
using GopherMesh.Tests.Rehearsal.Rehearse;

namespace GopherMesh.Tests.Rehearsal.Cli;

/// <summary>How one gets from one command to the next: the overview, the completion of a shell, the version.</summary>
[Collection(LiveTests.Name)]
public sealed class NextLineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Without_arguments_it_says_the_state_of_each_stack_and_the_next_lines()
    {
        var run = await GopherctlRun.Of();

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Contains("stack dev: a cluster of its own on EKS, in ap-southeast-2; v1 answers 100 % of requests\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("stack local: a cluster that is there already; v1 answers 100 % of requests\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  ./gopherctl rollout v2 --stack dev ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("canaryVersion: v2", "v2 gets a copy of 100 %", "shift 10 --stack own")]
    [InlineData("canaryVersion: v2\n  gopher-mesh:canaryWeight: 10", "v1 answers 90 % of requests, v2 answers 10 %", "rollout --stack own --abort")]
    [InlineData("canaryVersion: v2\n  gopher-mesh:canaryWeight: 100", "v2 answers 100 % of requests", "compares both again, then makes it stable")]
    [InlineData("canaryWeight: 500", "Pulumi.own.yaml is wrong: gopher-mesh:canaryWeight", "check --stack own")]
    public async Task The_next_lines_follow_from_the_stacks_file(string setting, string state, string next)
    {
        using var folder = new TempFolder();
        File.Copy(Path.Combine(RepositoryRoot.Find(), "Pulumi.yaml"), Path.Combine(folder.Path, "Pulumi.yaml"));
        var local = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "Pulumi.local.yaml"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "Pulumi.own.yaml"), $"{local.TrimEnd()}\n  gopher-mesh:{setting}\n");
        await using var gopherctl = new GopherctlProcess(folder.Path);

        Assert.Equal(ExitCode.Success, await gopherctl.ExitAsync());
        Assert.Contains(state, gopherctl.Output, StringComparison.Ordinal);
        Assert.Contains(next, gopherctl.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_tells_its_version()
    {
        var run = await GopherctlRun.Of("--version");

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"\A\d+\.\d+\.\d+", run.Output);
    }

    [Theory]
    [InlineData("gopherctl ro", "rollout")]
    [InlineData("gopherctl check --out", "--output")]
    [InlineData("gopherctl check --output s", "sarif")]
    [InlineData("gopherctl completion f", "fish")]
    public async Task It_suggests_what_may_come_next(string line, string suggestion)
    {
        var run = await GopherctlRun.Of($"[suggest:{line.Length}]", line);

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Contains(suggestion, run.Output.Split('\n', StringSplitOptions.TrimEntries));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task The_script_of_a_shell_asks_gopherctl_itself(string shell)
    {
        var run = await GopherctlRun.Of("completion", shell);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("[suggest:", run.Output, StringComparison.Ordinal);
        Assert.Contains($"completion {shell}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bash_completes_a_command_by_the_script()
    {
        var (program, line) = (await GopherctlAsync(), "gopherctl rend");
        var test = $$"""
            {{(await GopherctlRun.Of("completion", "bash")).Output}}
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_CWORD=1 COMP_WORDS=('{{program}}' rend)
            _gopherctl
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        Assert.Equal(("render\n", ""), await RunAsync("bash", "-c", test));
    }

    [ShellTheory("zsh")]
    [InlineData("gopherctl rend", "gopherctl render ")]
    [InlineData("gopherctl check --stack dev --outp", "gopherctl check --stack dev --output ")]
    [InlineData("gopherctl check --output sar", "gopherctl check --output sarif ")]
    [InlineData("true | gopherctl rend", "true | gopherctl render ")]
    [InlineData("gopherctl nothing", "gopherctl nothing")]
    public async Task Zsh_completes_a_line_in_a_terminal_by_the_script(string line, string completed)
    {
        await GopherctlAsync();
        var script = Path.Combine(_folder.Path, "_gopherctl");
        await File.WriteAllTextAsync(script, (await GopherctlRun.Of("completion", "zsh")).Output);
        // A zsh in a pseudo-terminal of zsh's own; Tab completes, and Ctrl-X shows the line as it is then.
        var test = $$"""
            zmodload zsh/zpty
            zpty inner zsh -f -i
            zpty -w inner "PS1=; autoload -Uz compinit; compinit -u -D; source '{{script}}'; bindkey '^I' complete-word; show() { print -r -- \"LINE=<\$BUFFER>\"; zle .kill-buffer }; zle -N show; bindkey '^X' show; print READY''NOW"
            zpty -r -m inner seen '*READYNOW*'
            zpty -w -n inner '{{line}}'$'\t\x18'
            zpty -r -m inner seen '*LINE=<*>*'
            print -r -- "${${seen##*LINE=<}%%>*}"
            """;

        Assert.Equal(($"{completed}\n", ""), await RunAsync("zsh", "-f", "-c", test));
    }

    [ShellTheory("fish")]
    [InlineData("gopherctl rend", "render\n")]
    [InlineData("gopherctl check --stack dev --outp", "--output\n")]
    [InlineData("gopherctl check --output sar", "sarif\n")]
    [InlineData("true | gopherctl rend", "render\n")]
    [InlineData("gopherctl nothing", "")]
    public async Task Fish_completes_a_line_by_the_script(string line, string suggestions)
    {
        await GopherctlAsync();

        Assert.Equal((suggestions, ""), await RunAsync("fish", "--no-config", "-c", $"gopherctl completion fish | source; complete --do-complete '{line}' | string join ' '"));
    }

    public void Dispose() => _folder.Dispose();

    // gopherctl by its name, in the folder that comes first on PATH.
    private async Task<string> GopherctlAsync()
    {
        var program = Path.Combine(_folder.Path, "gopherctl");
        await File.WriteAllTextAsync(program, $"#!/usr/bin/env bash\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "gopherctl.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return program;
    }

    private async Task<(string Output, string Error)> RunAsync(string shell, params string[] arguments)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var process = Process.Start(new ProcessStartInfo(shell, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}" },
        })!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return (await output, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>A theory that needs a shell; skipped, with the reason, where it is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute(string shell) => Skip = RequiredProgram.SkipReason(shell, package: shell);
}
