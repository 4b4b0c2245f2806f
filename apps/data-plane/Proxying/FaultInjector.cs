using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Delays and aborts before a request is forwarded; neither counts towards the route's timeout (envoy fault_filter.cc).</summary>
internal static class FaultInjector
{
    /// <summary>Waits for the delay, if this request gets one; returns the reply that ends the request, if it is aborted.</summary>
    public static async ValueTask<LocalReply?> InjectAsync(FaultInjection fault, Exchange exchange, IRandomSource random)
    {
        if (fault.Delay is { } delay && Chance.Hits(delay.Percentage, random))
        {
            exchange.Flags |= ResponseMarks.DelayInjected;
            await Task.Delay(Timers.Bounded(delay.FixedDelay), exchange.Context.RequestAborted);
        }

        return fault.Abort is { } abort && Chance.Hits(abort.Percentage, random) ? LocalReply.Aborted(abort.HttpStatus) : null;
    }
}
