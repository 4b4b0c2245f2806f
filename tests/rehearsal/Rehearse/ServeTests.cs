namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>gopherctl as a process of its own, serving while its stack file changes, and at its end.</summary>
[Collection(LiveTests.Name)]
public sealed class ServeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly ServedStack _stack = new();

    [Fact]
    public async Task A_changed_stack_is_applied_without_a_lost_request_and_a_broken_one_changes_nothing()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2");
        using var caller = new Caller(await ServedStack.GatewayAsync(gopherctl));
        await caller.UntilAsync(answer => answer.Contains("Gopher Version 1", StringComparison.Ordinal), Patience);

        _stack.Write("canaryVersion: v2", "canaryWeight: 100");
        await gopherctl.LineAsync(line => line == "applied: 1 object changed");
        await caller.UntilAsync(answer => answer.Contains("Gopher Version 2", StringComparison.Ordinal), Patience);

        _stack.Write("canaryVersion: [");
        await gopherctl.LineAsync(line => line == "nothing was changed; what was declared before goes on");
        await caller.UntilAsync(answer => answer.Contains("Gopher Version 2", StringComparison.Ordinal), Patience);

        Assert.Empty(await caller.EndAsync());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("KILL", 137)]
    public async Task No_process_outlives_gopherctl_however_it_ends(string signal, int exitCode)
    {
        await using var gopherctl = _stack.Serve();
        await ServedStack.GatewayAsync(gopherctl);
        var children = ProcessTable.Descendants(gopherctl.Id);
        Assert.True(children.Count >= 6, $"{children.Count} processes are too few for 6 pods");

        ProcessTable.Signal(gopherctl.Id, signal);

        Assert.Equal(exitCode, await gopherctl.ExitAsync());
        await ProcessTable.GoneAsync(children, Patience);
    }

    public void Dispose() => _stack.Dispose();
}
