namespace GopherMesh.Tests.Scripts.ClusterRun;

/// <summary>Ctrl-C and other signals: the tests end, then the cluster is taken down, once and whole.</summary>
public sealed class InterruptedRunTests : IDisposable
{
    private readonly FakeCluster _cluster = new();

    [SessionTheory]
    [InlineData("HUP", 129)]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_in_the_midst_of_the_tests_ends_them_first(string signal, int exitCode)
    {
        using var run = await BlockedInAsync("run");

        run.Signal(signal);

        Assert.Equal((exitCode, ""), await CodeAndOutputAsync(run));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionTheory]
    [InlineData("up")]
    [InlineData("image")]
    [InlineData("run")]
    public async Task A_CtrlC_at_any_step_ends_with_130(string step)
    {
        using var run = await BlockedInAsync(step);

        run.SignalAll("INT");

        Assert.Equal((130, ""), await CodeAndOutputAsync(run));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionFact]
    public async Task A_second_CtrlC_does_not_end_the_removal()
    {
        _cluster.Set("closed");
        using var run = await BlockedInAsync("run");

        run.SignalAll("INT");
        await run.UntilAsync(() => _cluster.IsSet("in-down"));
        run.SignalAll("INT");
        _cluster.Unset("closed");

        Assert.Equal((130, ""), await CodeAndOutputAsync(run));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionFact]
    public async Task A_CtrlC_that_ends_the_reader_of_the_output_does_not_end_the_removal()
    {
        _cluster.Set("closed");
        using var run = await BlockedInAsync("run", "2>&1 | (echo $BASHPID >\"$FAKE/reader\"; exec cat)");

        run.SignalAll("INT");
        await run.UntilAsync(() => _cluster.IsSet("in-down") && _cluster.HasEnded("reader"));
        _cluster.Unset("closed");

        await run.UntilAsync(() => _cluster.Calls.Contains("removed"));
    }

    public void Dispose() => _cluster.Dispose();

    private static async Task<(int ExitCode, string Output)> CodeAndOutputAsync(RunningScript run)
    {
        var result = await run.EndAsync();
        return (result.ExitCode, result.Output);
    }

    private async Task<RunningScript> BlockedInAsync(string step, string after = "")
    {
        _cluster.Set($"block-{step}");
        var run = _cluster.WithTool(after);
        await run.UntilAsync(() => _cluster.IsSet($"in-{step}"));
        return run;
    }
}
