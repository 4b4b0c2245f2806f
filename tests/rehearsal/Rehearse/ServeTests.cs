using System.Globalization;
using GopherMesh.Gopherctl.Program.Stacks;

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
        await gopherctl.LineAsync(line => line == "nothing was changed; the earlier declaration stays in force");
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

/// <summary>What `gopherctl rehearse --serve` prints of metrics is true: whoever scrapes the address sees the requests counted.</summary>
[Collection(LiveTests.Name)]
public sealed class ServedMetricsTests
{
    // The requester's answers, as its own proxy reports them; and the copies, which only the distributor's report.
    private const string ToRequester = "reporter=\"destination\",*destination_canonical_service=\"gopher-requester\"";
    private const string Copied =
        "reporter=\"destination\",*destination_canonical_service=\"gopher-distributor\",*destination_version=\"v2\"";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_printed_address_counts_the_requests_that_are_served()
    {
        await using var gopherctl = new GopherctlProcess(
            RepositoryRoot.Find(), "rehearse", "--stack", "local", "--set", "canaryVersion=v2", "--requests", "20", "--serve");
        var metrics = await AddressAsync(gopherctl, "Istio's metrics at ");
        var gateway = await AddressAsync(gopherctl, "serving at ");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        var before = await client.GetStringAsync(metrics);
        for (var request = 0; request < 5; request++)
        {
            Assert.Contains("Gopher Version 1", await client.GetStringAsync(gateway), StringComparison.Ordinal);
        }

        var after = await UntilAsync(client, metrics, text => Count(text, Copied) >= Count(before, Copied) + 5);

        Assert.Equal(Count(before, ToRequester) + 5, Count(after, ToRequester));
        Assert.Equal(Count(before, Copied) + 5, Count(after, Copied));
    }

    private static async Task<Uri> AddressAsync(GopherctlProcess gopherctl, string behind) =>
        new((await gopherctl.LineAsync(line => line.StartsWith(behind, StringComparison.Ordinal)))[behind.Length..].Split(' ')[0]);

    // A copy may arrive after the answer.
    private static async Task<string> UntilAsync(HttpClient client, Uri metrics, Func<string, bool> isEnough)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var text = await client.GetStringAsync(metrics, limit.Token);
            if (isEnough(text))
            {
                return text;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    private static long Count(string metrics, string labels) => metrics.Split('\n')
        .Where(line => line.StartsWith("istio_requests_total{", StringComparison.Ordinal)
            && labels.Split('*').All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
}
