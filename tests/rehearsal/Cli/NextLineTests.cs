using System.Diagnostics;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Tests.Rehearsal.Rehearse;

namespace GopherMesh.Tests.Rehearsal.Cli;

/// <summary>How one gets from one command to the next: the overview, the completion of a shell, the version.</summary>
[Collection(LiveTests.Name)]
public sealed class NextLineTests
{
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
    [InlineData("canaryVersion: v2\n  gopher-mesh:canaryWeight: 100", "v2 answers 100 % of requests", "bakes it and makes it stable")]
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
        using var folder = new TempFolder();
        var program = Path.Combine(folder.Path, "gopherctl");
        await File.WriteAllTextAsync(program, $"#!/usr/bin/env bash\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "gopherctl.dll")}' \"$@\"\n");
        var script = (await GopherctlRun.Of("completion", "bash")).Output;
        var line = $"{program} rend";
        var test = $"""
            chmod +x '{program}'
            {script}
            COMP_LINE='{line}' COMP_POINT={line.Length} COMP_CWORD=1 COMP_WORDS=('{program}' rend)
            _gopherctl
            printf '%s\n' "$" "$"
            """.Replace("\"$\" \"$\"", "\"${COMPREPLY[@]}\"", StringComparison.Ordinal);
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", test]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        Assert.Equal(("render\n", ""), (await output, await error));
    }
}
