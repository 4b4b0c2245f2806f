using GopherMesh.Gopherctl.Rehearse.Pods;

namespace GopherMesh.Tests.Rehearsal.Rehearse.Pods;

public sealed class ServiceProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_exit_code_and_the_last_lines_are_passed_on()
    {
        await using var process = Start("echo one; echo two >&2; exit 7");

        Assert.Equal(7, await process.Exit.WaitAsync(Patience));
        Assert.Equal(["one", "two"], process.LastLines.Order());
    }

    [Fact]
    public async Task A_service_has_exactly_the_environment_that_it_is_given()
    {
        await using var process = Start("env");

        await process.Exit.WaitAsync(Patience);

        Assert.Equal(["A=b", $"PATH={Environment.GetEnvironmentVariable("PATH")}"], process.LastLines.Where(line => !line.StartsWith("PWD=", StringComparison.Ordinal) && !line.StartsWith("SHLVL=", StringComparison.Ordinal) && !line.StartsWith("_=", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task A_service_is_asked_to_end_by_SIGTERM()
    {
        await using var process = Start("trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        await LineAsync(process, "ready");

        process.Terminate();

        Assert.Equal(3, await process.Exit.WaitAsync(Patience));
        Assert.Contains("asked", process.LastLines);
    }

    [Fact]
    public async Task A_service_that_does_not_listen_ends_with_the_pipe()
    {
        await using var process = Start("trap '' TERM INT HUP; echo $$; while :; do sleep 0.05; done");
        var service = int.Parse((await LineAsync(process, ""))!, System.Globalization.CultureInfo.InvariantCulture);

        process.Kill();

        Assert.Equal(137, await process.Exit.WaitAsync(Patience));
        Assert.False(ProcessTable.IsRunning(service));
    }

    [Fact]
    public async Task A_service_ends_when_its_supervisor_is_killed()
    {
        await using var process = Start("echo $PPID $$; while :; do sleep 0.05; done");
        var ids = (await LineAsync(process, ""))!.Split(' ').Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture)).ToArray();

        ProcessTable.Signal(ids[0], "KILL");

        Assert.Equal(137, await process.Exit.WaitAsync(Patience));
        await ProcessTable.GoneAsync([ids[1]], Patience);
    }

    private static ServiceProcess Start(string script) => ServiceProcess.Start(
        ["/bin/sh", "-c", script], new Dictionary<string, string> { ["A"] = "b", ["PATH"] = Environment.GetEnvironmentVariable("PATH")! });

    // A service tells by a line that it has got somewhere.
    private static async Task<string?> LineAsync(ServiceProcess process, string start)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (process.LastLines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            await Task.Delay(20, patience.Token);
        }
    }
}
