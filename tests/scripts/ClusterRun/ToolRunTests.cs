namespace GopherMesh.Tests.Scripts.ClusterRun;

/// <summary>A cluster that ./test starts is taken down again, once, however the run ends.</summary>
public sealed class ToolRunTests : IDisposable
{
    private readonly FakeCluster _cluster = new();

    [SessionFact]
    public async Task A_run_that_passes_ends_with_0_and_its_counts_last()
    {
        using var run = _cluster.WithTool();
        var result = await run.EndAsync();

        Assert.Equal((0, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        AssertRemovedOnce();
    }

    [SessionFact]
    public async Task A_failed_test_ends_with_1()
    {
        _cluster.Set("fail-test");

        using var run = _cluster.WithTool();
        var result = await run.EndAsync();

        Assert.Equal((1, "2 passed, 1 failed"), (result.ExitCode, result.Output));
        AssertRemovedOnce();
    }

    [SessionTheory]
    [InlineData("up")]
    [InlineData("image")]
    public async Task A_cluster_that_does_not_come_up_is_taken_down_and_ends_with_2(string step)
    {
        _cluster.Set($"fail-{step}");

        using var run = _cluster.WithTool();
        var result = await run.EndAsync();

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        AssertRemovedOnce();
    }

    [SessionTheory]
    [InlineData("HUP", 129)]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_in_the_midst_of_the_tests_ends_them_first(string signal, int exitCode)
    {
        using var run = await BlockedInAsync("run");

        run.Signal(signal);

        Assert.Equal((exitCode, ""), await CodeAndOutputAsync(run));
        AssertRemovedOnce();
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
        AssertRemovedOnce();
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
        AssertRemovedOnce();
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

    [SessionFact]
    public async Task A_cluster_that_was_up_before_is_not_touched()
    {
        _cluster.Set("up");

        using var run = _cluster.WithTool();
        var result = await run.EndAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("is up already", result.Errors);
        Assert.Equal(["status"], _cluster.Calls);
    }

    [SessionFact]
    public async Task A_cluster_that_stays_up_ends_with_2_although_every_test_passed()
    {
        _cluster.Set("fail-down");

        using var run = _cluster.WithTool();
        var result = await run.EndAsync();

        Assert.Equal((2, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        Assert.Contains("the fake down failed", result.Errors);
        Assert.Contains("not everything was taken down", result.Errors);
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

    private void AssertRemovedOnce() =>
        Assert.Equal(["down", "removed"], _cluster.Calls.Where(call => call.StartsWith("down", StringComparison.Ordinal) || call == "removed"));
}
