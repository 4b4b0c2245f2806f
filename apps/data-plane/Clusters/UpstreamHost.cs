using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.Clusters;

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
