using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane.Clusters;

/// <summary>Picks one of several hosts; all have the same weight.</summary>
internal sealed class LoadBalancer(LoadBalancing policy, IRandomSource random)
{
    /// <summary>How often a retry looks for a host that it has not tried (retry.go, HostSelectionRetryMaxAttempts).</summary>
    private const int HostSelectionAttempts = 5;

    private int _next = (int)random.Next(int.MaxValue);

    /// <param name="hosts">The hosts to choose from, at least one.</param>
    /// <param name="previous">Hosts to avoid, if a few random draws find another; null for none.</param>
    public UpstreamHost Pick(UpstreamHost[] hosts, List<UpstreamHost>? previous)
    {
        var host = PickOnce(hosts);
        for (var attempt = 0; attempt < HostSelectionAttempts && previous?.Contains(host) == true; attempt++)
        {
            host = PickOnce(hosts);
        }

        return host;
    }

    private UpstreamHost PickOnce(UpstreamHost[] hosts) => policy switch
    {
        _ when hosts.Length == 1 => hosts[0],
        LoadBalancing.RoundRobin => hosts[(uint)Interlocked.Increment(ref _next) % (uint)hosts.Length],
        LoadBalancing.Random => Draw(hosts),
        _ => LessLoaded(Draw(hosts), Draw(hosts)),
    };

    /// <summary>The power of two choices: the second only if it has fewer requests under way (envoy least_request/…_lb.cc).</summary>
    private static UpstreamHost LessLoaded(UpstreamHost first, UpstreamHost second) =>
        second.ActiveRequests < first.ActiveRequests ? second : first;

    private UpstreamHost Draw(UpstreamHost[] hosts) => hosts[random.Next((uint)hosts.Length)];
}
