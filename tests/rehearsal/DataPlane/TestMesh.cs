using System.Collections.Concurrent;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Proxying;
using GopherMesh.DataPlane.Reading;
using GopherMesh.DataPlane.Routing;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>A data plane over backends in this process.</summary>
internal sealed class TestMesh : IAsyncDisposable
{
    public static readonly PodIdentity Caller = new(
        "gopher-requester-0", Declared.Namespace, new Dictionary<string, string> { ["app"] = "gopher-requester" });

    private readonly Dictionary<string, HttpClient> _clients = [];

    private TestMesh(MeshDataPlane plane, IReadOnlyList<Backend> backends, Reports reports) =>
        (Plane, Backends, Reports) = (plane, backends, reports);

    public MeshDataPlane Plane { get; }

    public IReadOnlyList<Backend> Backends { get; }

    public Reports Reports { get; }

    public Backend this[string pod] => Backends.Single(backend => backend.Pod == pod);

    /// <summary>Declares <paramref name="yaml"/> on top of the Services, the Gateway and the subsets; <paramref name="v1"/> replaces the rule for v1.</summary>
    public static async Task<TestMesh> StartAsync(string yaml, TimeProvider? time = null, string? v1 = null)
    {
        Backend[] backends =
        [
            await Backend.StartAsync("distributor-v1-a", "gopher-distributor", "v1"),
            await Backend.StartAsync("distributor-v1-b", "gopher-distributor", "v1"),
            await Backend.StartAsync("distributor-v2-a", "gopher-distributor", "v2"),
            await Backend.StartAsync("requester-a", "gopher-requester", "v1"),
        ];
        var reports = new Reports();
        var options = new DataPlaneOptions { Seed = 42, Observer = reports, Time = time ?? TimeProvider.System };
        var plane = await MeshDataPlane.StartAsync(Model(yaml, v1), [.. backends.Select(backend => backend.Endpoint)], options, default);
        return new(plane, backends, reports);
    }

    public static MeshModel Model(string yaml, string? v1 = null) => MeshReader.Read(YamlManifests.Read(
        Declared.DistributorService, Declared.RequesterService, Declared.Gateway, v1 ?? Declared.Subset("v1"), Declared.Subset("v2"), yaml));

    public IEnumerable<Backend> Versions(string version) =>
        Backends.Where(backend => backend.App == "gopher-distributor" && backend.Version == version);

    public Task ApplyAsync(string yaml, IEnumerable<PodEndpoint>? pods = null) =>
        Plane.ApplyAsync(Model(yaml), [.. pods ?? Backends.Select(backend => backend.Endpoint)], default);

    /// <summary>Sends as the requester's application does: through its sidecar.</summary>
    public Task<HttpResponseMessage> CallAsync(string path = "/", Action<HttpRequestMessage>? change = null, string host = Declared.Distributor) =>
        SendAsync("sidecar", new($"http://{host}{path}"), change);

    /// <summary>Sends as a client outside does: to the gateway, with a Host of its choice.</summary>
    public Task<HttpResponseMessage> CurlAsync(string host, string path = "/", Action<HttpRequestMessage>? change = null) =>
        SendAsync("gateway", new(Plane.GatewayAddress(80), path), request =>
        {
            request.Headers.Host = host;
            change?.Invoke(request);
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        await Plane.DisposeAsync();
        foreach (var backend in Backends)
        {
            await backend.DisposeAsync();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string via, Uri target, Action<HttpRequestMessage>? change)
    {
        if (!_clients.TryGetValue(via, out var client))
        {
            var proxy = via == "sidecar" ? new System.Net.WebProxy(await Plane.OutboundProxyAsync(Caller)) : null;
            client = _clients[via] = new(new SocketsHttpHandler
            {
                Proxy = proxy,
                UseProxy = proxy is not null,
                AllowAutoRedirect = false,
                ActivityHeadersPropagator = null,
            });
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        change?.Invoke(request);
        return await client.SendAsync(request);
    }
}

/// <summary>A plain GET, as far as routes can tell.</summary>
internal sealed class Request(string target, string authority, params (string Name, string Value)[] headers) : IRouteRequest
{
    public string Method => "GET";

    public string Scheme => "http";

    public string Authority => authority;

    public string Path => RequestTarget.Parse(target).Path;

    public string Query => RequestTarget.Parse(target).Query;

    public StringValues Header(string name) =>
        headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).ToArray();
}

/// <summary>Keeps what the proxies report.</summary>
internal sealed class Reports : IRequestObserver
{
    private readonly ConcurrentQueue<RequestReport> _reports = new();

    public IEnumerable<RequestReport> BySource => _reports.Where(report => report.Reporter == Reporter.Source);

    public IEnumerable<RequestReport> ByDestination => _reports.Where(report => report.Reporter == Reporter.Destination);

    public void OnRequest(in RequestReport report) => _reports.Enqueue(report);
}

/// <summary>Waits for what comes in its own time.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
