using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Routing;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.Clusters;

/// <summary>A cluster at work in one proxy.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly UpstreamHost[] _hosts;
    private readonly LoadBalancer _balancer;
    private readonly OutlierDetector? _detector;

    /// <summary>
    /// Sets up a cluster that replaces <paramref name="previous"/>: under the same policy it takes over its connections, load, ejections
    /// and limits. <paramref name="ejected"/> is called for each host that is ejected (true) or used again (false).
    /// </summary>
    public Cluster(ClusterSpec spec, Cluster? previous, IRandomSource random, TimeProvider time, Action<UpstreamHost, bool> ejected)
    {
        Spec = spec;
        var samePolicy = previous?.Spec.Policy == spec.Policy && previous.Spec.Protocol == spec.Protocol;
        var known = samePolicy ? previous!._hosts.ToDictionary(host => host.Endpoint.LoopbackPort) : [];
        _hosts = [.. spec.Endpoints.Select(endpoint => Reuse(known, endpoint) ?? new(endpoint, spec.Protocol, spec.Policy.ConnectionPool.ConnectTimeout))];
        Breaker = samePolicy ? previous!.Breaker : new(spec.Policy.ConnectionPool);
        _balancer = new(spec.Policy.LoadBalancer, random);
        _detector = samePolicy ? previous!._detector : spec.Policy.OutlierDetection is { } detection ? new(detection, _hosts, time, ejected) : null;
        if (samePolicy)
        {
            _detector?.Watch(_hosts);
        }
    }

    public ClusterSpec Spec { get; }

    public CircuitBreaker Breaker { get; }

    /// <summary>A host for the next try; null if none is healthy.</summary>
    public UpstreamHost? Pick(List<UpstreamHost>? previous)
    {
        var hosts = _detector?.Available ?? _hosts;
        return hosts.Length == 0 ? null : _balancer.Pick(hosts, previous);
    }

    /// <summary>Reports how a try ended: the answer's status, 503 for a failed connection, 504 for a timeout.</summary>
    public void Report(UpstreamHost host, int status) => _detector?.Report(host, status);

    /// <summary>
    /// Ends the use of this cluster; <paramref name="successor"/> replaces it, or nothing if that is null. Requests under way end here, and
    /// connections to hosts that are gone close when idle.
    /// </summary>
    public void Retire(Cluster? successor)
    {
        if (_detector != successor?._detector)
        {
            _detector?.Dispose();
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        _detector?.Dispose();
        Breaker.Dispose();
        Array.ForEach(_hosts, host => host.Dispose());
    }

    private static UpstreamHost? Reuse(Dictionary<int, UpstreamHost> known, UpstreamEndpoint endpoint) =>
        known.TryGetValue(endpoint.LoopbackPort, out var host) && host.Endpoint.Pod.Pod == endpoint.Pod.Pod ? host : null;
}

/// <summary>The pods behind one port of a host or of a subset of it, and how they are used.</summary>
internal sealed record ClusterSpec(string Name, string Host, string? Subset, PortProtocol Protocol, ClusterPolicy Policy, IReadOnlyList<UpstreamEndpoint> Endpoints);

/// <summary>A pod and the loopback port that serves the cluster's port.</summary>
internal sealed record UpstreamEndpoint(PodEndpoint Pod, int LoopbackPort);

/// <summary>The traffic policies of a cluster, merged.</summary>
internal sealed record ClusterPolicy(LoadBalancing LoadBalancer, ConnectionPool ConnectionPool, OutlierDetection? OutlierDetection)
{
    public static ClusterPolicy Of(TrafficPolicy? policy) => new(
        policy?.LoadBalancer ?? LoadBalancing.LeastRequest,
        policy?.ConnectionPool ?? ConnectionPool.Unlimited,
        policy?.OutlierDetection);
}

/// <summary>One pod as one cluster of one proxy sees it: its connections, its load and its record of failures.</summary>
internal sealed class UpstreamHost(UpstreamEndpoint endpoint, PortProtocol protocol, TimeSpan connectTimeout) : IDisposable
{
    private readonly Http1Client _http1 = new(endpoint.LoopbackPort, Timers.Bounded(connectTimeout));
    private readonly Lazy<Http2Client> _http2 = new(() => new(endpoint.LoopbackPort, Timers.Bounded(connectTimeout)));
    private int _activeRequests;

    public UpstreamEndpoint Endpoint { get; } = endpoint;

    public HostHealth Health { get; } = new();

    public int ActiveRequests => Volatile.Read(ref _activeRequests);

    /// <summary>The client for the pod's protocol; if its port names none, for the caller's protocol.</summary>
    public IUpstreamClient ClientFor(bool callerSpeaksHttp2) =>
        protocol == PortProtocol.Http2 || (protocol == PortProtocol.AsCaller && callerSpeaksHttp2) ? _http2.Value : _http1;

    public void Enter() => Interlocked.Increment(ref _activeRequests);

    public void Leave() => Interlocked.Decrement(ref _activeRequests);

    public void Dispose()
    {
        _http1.Dispose();
        if (_http2.IsValueCreated)
        {
            _http2.Value.Dispose();
        }
    }
}

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
