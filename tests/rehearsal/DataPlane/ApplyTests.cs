using System.Net;
using GopherMesh.DataPlane.Observing;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>Changes under traffic, and limits under load.</summary>
public sealed class ApplyTests
{
    [Fact]
    public async Task Requests_under_way_end_under_the_rules_they_began_with()
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v1")}] }}]"));
        var hold = new TaskCompletionSource();
        Array.ForEach([.. mesh.Versions("v1")], backend => backend.Behaviour = _ => hold.Task);
        var before = mesh.CallAsync();
        await Eventually.HoldsAsync(() => mesh.Versions("v1").Any(backend => !backend.Requests.IsEmpty));

        await mesh.ApplyAsync(DistributorRoutes($"[{{ route: [{To("v2")}] }}]"), mesh.Versions("v2").Select(backend => backend.Endpoint));
        using var after = await mesh.CallAsync();
        hold.SetResult();

        Assert.Equal("distributor-v2-a", await after.Content.ReadAsStringAsync());
        Assert.StartsWith("distributor-v1", await (await before).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_request_fails_while_rules_change()
    {
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v1")}] }}]"));
        using var done = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!done.IsCancellationRequested)
            {
                (await mesh.CallAsync()).EnsureSuccessStatusCode().Dispose();
            }
        }));

        for (var weight = 0; weight <= 100; weight += 5)
        {
            await mesh.ApplyAsync(DistributorRoutes($"[{{ route: [{To("v1", 100 - weight)}, {To("v2", weight)}] }}]"));
            var served = mesh.Reports.BySource.Count();
            await Eventually.HoldsAsync(() => mesh.Reports.BySource.Count() > served + 20);
        }

        await done.CancelAsync();
        await load;
    }

    [Fact]
    public async Task A_connection_pool_that_is_full_answers_503_overflow()
    {
        const string pool = ", trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } } }";
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v1")}] }}]"), v1: Subset("v1", pool));
        var hold = new TaskCompletionSource();
        Array.ForEach([.. mesh.Versions("v1")], backend => backend.Behaviour = _ => hold.Task);

        var calls = Enumerable.Range(0, 5).Select(_ => mesh.CallAsync()).ToArray();
        await Eventually.HoldsAsync(() => calls.Count(call => call.IsCompleted) == 3);
        hold.SetResult();
        var statuses = (await Task.WhenAll(calls)).Select(answer => answer.StatusCode).Order();

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, .. Enumerable.Repeat(HttpStatusCode.ServiceUnavailable, 3)], statuses);
        Assert.Equal(3, mesh.Reports.BySource.Count(report => report.Flags == ResponseMarks.UpstreamOverflow));
    }

    [Fact]
    public async Task Requests_share_a_connection_of_HTTP2()
    {
        const string pool = ", trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 }, http: { h2UpgradePolicy: UPGRADE, http1MaxPendingRequests: 1 } } }";
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v1")}] }}]"), v1: Subset("v1", pool));
        var hold = new TaskCompletionSource();
        Array.ForEach([.. mesh.Versions("v1")], backend => backend.Behaviour = _ => hold.Task);

        var calls = Enumerable.Range(0, 5).Select(_ => mesh.CallAsync()).ToArray();
        await Eventually.HoldsAsync(() => mesh.Versions("v1").Sum(backend => backend.Requests.Count) == 5);
        hold.SetResult();

        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_pod_that_fails_is_ejected_and_then_gets_no_requests()
    {
        const string detection = ", trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3, maxEjectionPercent: 50 } }";
        await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v1")}] }}]"), new ManualTime(), Subset("v1", detection));
        mesh["distributor-v1-a"].Behaviour = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };

        for (var request = 0; request < 60; request++)
        {
            (await mesh.CallAsync()).Dispose();
        }

        Assert.Equal(3, mesh["distributor-v1-a"].Requests.Count);
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_choices()
    {
        async Task<IReadOnlyList<string>> RunAsync()
        {
            await using var mesh = await TestMesh.StartAsync(DistributorRoutes($"[{{ route: [{To("v1", 50)}, {To("v2", 50)}] }}]"));
            var pods = new List<string>();
            for (var request = 0; request < 40; request++)
            {
                using var answer = await mesh.CallAsync();
                pods.Add(await answer.Content.ReadAsStringAsync());
            }

            return pods;
        }

        Assert.Equal(await RunAsync(), await RunAsync());
    }
}
