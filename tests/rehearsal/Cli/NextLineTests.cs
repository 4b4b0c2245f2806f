using System.Diagnostics;
using System.Xml.Linq;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Tests.Instruments;
using GopherMesh.Tests.Rehearsal.Drift;
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
        Assert.Contains("stack dev, by its file: a cluster of its own on EKS, in ap-southeast-2; v1 answers 100 % of requests\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("stack local, by its file: a cluster that is there already; v1 answers 100 % of requests\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  ./gopherctl rollout v2 --stack dev ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("canaryVersion: v2", "v2 gets a copy of 100 %", "shift 10 --stack own")]
    [InlineData("canaryVersion: v2\n  gopher-mesh:canaryWeight: 10", "v1 answers 90 % of requests, v2 answers 10 %", "rollout --stack own --abort")]
    [InlineData("canaryVersion: v2\n  gopher-mesh:canaryWeight: 100", "v2 answers 100 % of requests", "compares both again, then makes it stable")]
    [InlineData("canaryWeight: 500", "Pulumi.own.yaml is wrong: gopher-mesh:canaryWeight", "check --stack own")]
    [InlineData("stableVersion: v2", "v2 answers 100 % of requests", "pulumi config set --stack own --path versions.v3 IMAGE:TAG")]
    [InlineData("faultVersion: v1\n  gopher-mesh:faultLive: true\n  gopher-mesh:faultDelayMs: 9", "v1 answers 100 % of requests", "pulumi config rm --stack own faultDelayMs")]
    public async Task The_next_lines_follow_from_the_stacks_file(string setting, string state, string next)
    {
        var output = await OverviewAsync($"{await LocalAsync()}  gopher-mesh:{setting}\n");

        Assert.Contains(state, output, StringComparison.Ordinal);
        Assert.Contains(next, output, StringComparison.Ordinal);
    }

    // An older version is not what comes next, and a set of the stable one would replace its image without a rollout.
    [Theory]
    [InlineData("v1 v2", "v2", "versions.v3 ")]
    [InlineData("v2", "v2", "versions.v3 ")]
    [InlineData("v2 v9 v10", "v9", "rollout v10 --stack own ")]
    [InlineData("blue", "blue", "versions.blue2 ")]
    public async Task The_next_version_is_a_later_one_or_one_with_a_free_name(string versions, string stable, string next)
    {
        var local = (await LocalAsync()).Split("  gopher-mesh:versions:")[0];

        var output = await OverviewAsync($"{local}  gopher-mesh:stableVersion: {stable}\n  gopher-mesh:versions:\n{string.Concat(versions.Split(' ').Select(version => $"    {version}: example.com/a:1\n"))}");

        var lines = output.Split('\n').Where(line => line.Contains("rollout v", StringComparison.Ordinal) || line.Contains("versions.", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains(next.Split(' ')[0] == "rollout" ? "rollout v10 --stack own" : next, line, StringComparison.Ordinal));
    }

    // `pulumi config set --path` writes no more than the path: without the others in the file the stable version would be gone.
    [Fact]
    public async Task A_file_that_names_no_versions_gets_all_of_them() => Assert.DoesNotContain(
        "--path versions.", await OverviewAsync("config:\n  aws:region: ap-southeast-2\n  gopher-mesh:apiPrivate: true\n  gopher-mesh:stableVersion: v2\n"), StringComparison.Ordinal);

    [Fact]
    public async Task A_rollout_is_not_proposed_where_faults_on_purpose_refuse_it()
    {
        var output = await OverviewAsync($"{await LocalAsync()}  gopher-mesh:faultVersion: v1\n  gopher-mesh:faultAbortPercent: 5\n  gopher-mesh:faultLive: true\n");

        Assert.DoesNotContain("rollout v2", output, StringComparison.Ordinal);
        Assert.All(["faultVersion", "faultAbortPercent", "faultLive"], key => Assert.Contains($"pulumi config rm --stack own {key}", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_hides_no_other_stack()
    {
        var output = await OverviewAsync(await LocalAsync(), "config: {");

        Assert.Contains("stack broken: Pulumi.broken.yaml", output, StringComparison.Ordinal);
        Assert.Contains("stack own, by its file: a cluster that is there already", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_tells_its_version()
    {
        // As a process: in the tests' own, the version would be theirs.
        var run = await DriftTests.RunAsync("", "--version");

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        var version = XDocument.Load(Path.Combine(RepositoryRoot.Find(), "apps", "gopherctl", "Gopherctl.csproj")).Descendants("Version").SingleOrDefault()?.Value;
        Assert.Equal($"{version}\n", run.Output);
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

    private static async Task<string> LocalAsync() => $"{(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "Pulumi.local.yaml"))).TrimEnd()}\n";

    // What it says of a project with the stack `own`, and a stack `broken` beside it.
    private static async Task<string> OverviewAsync(string own, string? broken = null)
    {
        using var folder = new TempFolder();
        File.Copy(Path.Combine(RepositoryRoot.Find(), "Pulumi.yaml"), Path.Combine(folder.Path, "Pulumi.yaml"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "Pulumi.own.yaml"), own);
        if (broken is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, "Pulumi.broken.yaml"), broken);
        }

        await using var gopherctl = new GopherctlProcess(folder.Path);
        Assert.Equal(ExitCode.Success, await gopherctl.ExitAsync());
        return gopherctl.Output;
    }

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
