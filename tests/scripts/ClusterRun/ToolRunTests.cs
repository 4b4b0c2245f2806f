namespace GopherMesh.Tests.Scripts.ClusterRun;

/// <summary>A cluster that ./test starts is taken down again, once, however the run ends.</summary>
public sealed class ToolRunTests : IDisposable
{
    private readonly FakeCluster _cluster = new();

    [SessionFact]
    public async Task A_run_that_passes_ends_with_0_and_its_counts_last()
    {
        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((0, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionFact]
    public async Task Data_of_a_killed_run_are_removed_before_the_cluster_starts()
    {
        _cluster.Set("data");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((0, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        Assert.Equal(["status", "down", "up"], _cluster.Calls.Take(3));
    }

    [SessionFact]
    public async Task A_failed_test_ends_with_1()
    {
        _cluster.Set("fail-test");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((1, "2 passed, 1 failed"), (result.ExitCode, result.Output));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionTheory]
    [InlineData("up")]
    [InlineData("image")]
    public async Task A_cluster_that_does_not_come_up_is_taken_down_and_ends_with_2(string step)
    {
        _cluster.Set($"fail-{step}");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionFact]
    public async Task A_cluster_that_was_up_before_is_not_touched()
    {
        _cluster.Set("up");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("is up already", result.Errors);
        Assert.Equal(["status"], _cluster.Calls);
    }

    [SessionFact]
    public async Task A_cluster_that_stays_up_ends_with_2_although_every_test_passed()
    {
        _cluster.Set("fail-down");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((2, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        Assert.Contains("the fake down failed", result.Errors);
        Assert.Contains("not everything was taken down", result.Errors);
    }

    public void Dispose() => _cluster.Dispose();
}
