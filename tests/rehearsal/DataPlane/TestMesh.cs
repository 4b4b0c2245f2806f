using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Proxying;
using GopherMesh.DataPlane.Reading;
using GopherMesh.DataPlane.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

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

/// <summary>A pod that answers with its name, and remembers what it was asked.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly Listener _listener;

    private Backend(Listener listener, string pod, string app, string version) => (_listener, Pod, App, Version) = (listener, pod, app, version);

    public string Pod { get; }

    public string App { get; }

    public string Version { get; }

    public ConcurrentQueue<Seen> Requests { get; } = new();

    /// <summary>What it does instead of answering 200 at once.</summary>
    public Func<HttpContext, Task>? Behaviour { get; set; }

    public PodEndpoint Endpoint => new(
        Pod,
        Declared.Namespace,
        new Dictionary<string, string> { ["app"] = App, ["version"] = Version },
        new Dictionary<string, int> { ["http"] = _listener.Address.Port, ["8080"] = _listener.Address.Port },
        Ready: true);

    public static async Task<Backend> StartAsync(string pod, string app, string version)
    {
        Backend? backend = null;
        var listener = await Listener.StartAsync(context => backend!.AnswerAsync(context), "backend", CancellationToken.None);
        return backend = new(listener, pod, app, version);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var request = context.Request;
        Requests.Enqueue(new(
            request.Method,
            request.Path + request.QueryString,
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await body.ReadToEndAsync()));
        await (Behaviour?.Invoke(context) ?? Task.CompletedTask);
        if (!context.Response.HasStarted && context.Response.StatusCode == 200)
        {
            await context.Response.WriteAsync(Pod);
        }
    }
}

/// <summary>A request as a pod saw it.</summary>
internal sealed record Seen(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>The declared objects that most tests start from, as the stack writes them.</summary>
internal static class Declared
{
    public const string Namespace = "gophers";

    public const string Distributor = "gopher-distributor.gophers.svc.cluster.local";

    public const string Requester = "gopher-requester.gophers.svc.cluster.local";

    public const string DistributorService = """
        apiVersion: v1
        kind: Service
        metadata: { name: gopher-distributor, namespace: gophers }
        spec:
          selector: { app: gopher-distributor }
          ports: [{ name: http, port: 80, targetPort: http }]
        """;

    public const string RequesterService = """
        apiVersion: v1
        kind: Service
        metadata: { name: gopher-requester, namespace: gophers }
        spec:
          selector: { app: gopher-requester }
          ports: [{ name: http, port: 80, targetPort: 8080 }]
        """;

    public const string Gateway = """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: { name: gopher-gateway, namespace: gophers }
        spec:
          selector: { istio: ingressgateway }
          servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }]
        """;

    public static string Subset(string version, string extra = "") => $$"""
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: gopher-distributor-{{version}}, namespace: gophers }
        spec:
          host: {{Distributor}}
          subsets: [{ name: {{version}}, labels: { version: {{version}} } {{extra}} }]
        """;

    /// <summary>The distributor's routes for the mesh; <paramref name="http"/> is in flow style.</summary>
    public static string DistributorRoutes(string http) => VirtualService("gopher-distributor", Distributor, "mesh", http);

    /// <summary>Routes bound to the gateway for one host.</summary>
    public static string GatewayRoutes(string host, string http) => VirtualService("gopher-requester", host, "gophers/gopher-gateway", http);

    /// <summary>A VirtualService; <paramref name="http"/> is in flow style.</summary>
    public static string VirtualService(string name, string host, string gateway, string http) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: {{name}}, namespace: gophers }
        spec:
          hosts: ["{{host}}"]
          gateways: ["{{gateway}}"]
          http: {{http.ReplaceLineEndings(" ")}}
        """;

    /// <summary>A destination at a version of the distributor, in flow style.</summary>
    public static string To(string version, int weight = 100, string extra = "") =>
        $"{{ destination: {{ host: {Distributor}, subset: {version} }}, weight: {weight} {extra} }}";
}

/// <summary>Reads manifests as one would write them for kubectl.</summary>
internal static class YamlManifests
{
    public static IReadOnlyList<Manifest> Read(params IEnumerable<string> documents) =>
        [.. documents.SelectMany(ReadStream).Select(ToManifest)];

    private static IEnumerable<JsonObject> ReadStream(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Select(document => ToJson(document.RootNode)!.AsObject());
    }

    private static Manifest ToManifest(JsonObject body) => new(
        body["apiVersion"]!.GetValue<string>(),
        body["kind"]!.GetValue<string>(),
        body["metadata"]!["namespace"]?.GetValue<string>(),
        body["metadata"]!["name"]!.GetValue<string>(),
        body);

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(child.Key.ToString(), ToJson(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => ToJson(scalar.Value!),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };

    private static JsonValue? ToJson(string plain) => plain switch
    {
        "null" or "~" or "" => null,
        "true" or "false" => JsonValue.Create(plain == "true"),
        _ when long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(plain),
    };
}
