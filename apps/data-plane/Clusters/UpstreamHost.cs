namespace GopherMesh.DataPlane.Clusters;

/// <summary>One pod as one cluster of one proxy sees it: its connections, its load and its record of failures.</summary>
internal sealed class UpstreamHost(UpstreamEndpoint endpoint, TimeSpan connectTimeout) : IDisposable
{
    private int _activeRequests;

    public UpstreamEndpoint Endpoint { get; } = endpoint;

    /// <summary><c>http://127.0.0.1:PORT</c>, to which a path is appended.</summary>
    public string Address { get; } = $"http://127.0.0.1:{endpoint.LoopbackPort}";

    public HttpMessageInvoker Client { get; } = CreateClient(connectTimeout);

    public HostHealth Health { get; } = new();

    public int ActiveRequests => Volatile.Read(ref _activeRequests);

    public void Enter() => Interlocked.Increment(ref _activeRequests);

    public void Leave() => Interlocked.Decrement(ref _activeRequests);

    public void Dispose() => Client.Dispose();

    /// <summary>Passes everything on as it is: no proxy, redirects, cookies, decompression or trace headers of its own.</summary>
    private static HttpMessageInvoker CreateClient(TimeSpan connectTimeout) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = connectTimeout,
    });
}
