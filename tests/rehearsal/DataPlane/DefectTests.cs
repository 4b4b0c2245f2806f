using GopherMesh.DataPlane.Proxying;
using GopherMesh.DataPlane.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>A failure of the data plane itself is told as one, and is never taken for an answer of a service.</summary>
public sealed class DefectTests
{
    private static readonly string Ejecting = Subset(
        "v9", ", trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1, interval: 10s, baseEjectionTime: 30s } }");

    [Fact]
    public async Task A_failure_while_a_request_is_served_is_a_defect_and_no_answer_of_the_service()
    {
        var (random, reports, defects) = (new BreakableRandom(), new Reports(), new Defects());
        using var proxy = new Proxy(TestMesh.Caller, isGateway: false, new(random, TimeProvider.System, reports, defects, default));
        proxy.Apply(TestMesh.Model(DistributorRoutes($"[{{ route: [{To("v1", 50)}, {To("v2", 50)}] }}]")), []);
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        context.Request.Headers.Host = Distributor;
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/";
        random.IsBroken = true;

        await proxy.ServeAsync(context, gatewayPort: null);

        context.Response.Body.Position = 0;
        Assert.Contains("a defect of the data plane", await new StreamReader(context.Response.Body).ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(500, context.Response.StatusCode);
        Assert.Empty(reports.BySource);
        await Assert.ThrowsAsync<InvalidOperationException>(() => defects.First);
    }

    [Fact]
    public async Task A_failure_to_take_over_changed_pods_is_a_defect()
    {
        await using var mesh = await TestMesh.StartAsync("");

        mesh.Plane.ApplyPods(null!);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => mesh.Plane.Defect);
    }

    [Fact]
    public async Task A_sidecar_that_could_not_start_starts_when_it_is_asked_for_again()
    {
        var time = new BreakableTime();
        await using var mesh = await TestMesh.StartAsync(Ejecting, time);
        time.IsBroken = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => mesh.Plane.OutboundProxyAsync(TestMesh.Caller));

        time.IsBroken = false;

        Assert.Equal("127.0.0.1", (await mesh.Plane.OutboundProxyAsync(TestMesh.Caller)).Host);
    }

    /// <summary>A source of chance that fails when told to.</summary>
    private sealed class BreakableRandom : IRandomSource
    {
        public bool IsBroken { get; set; }

        public uint Next(uint exclusiveMaximum) => IsBroken ? throw new InvalidOperationException("broken on purpose") : 0u;
    }

    /// <summary>A clock that fails when told to.</summary>
    private sealed class BreakableTime : TimeProvider
    {
        public bool IsBroken { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            IsBroken ? throw new InvalidOperationException("broken on purpose") : base.CreateTimer(callback, state, dueTime, period);
    }
}
