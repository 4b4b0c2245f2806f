using System.Net.Http.Json;
using GopherMesh.Gopherctl.DataPlane;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Stub;
using Microsoft.AspNetCore.Builder;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>The rehearsal's data plane in this process, and Envoy on the cluster, under the same declared routing.</summary>
public sealed class TwoSides(Mesh mesh) : IAsyncLifetime
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });

    private readonly List<WebApplication> _echoes = [];
    private MeshDataPlane? _plane;

    /// <summary>Where each side takes requests.</summary>
    public IReadOnlyDictionary<string, Uri> Sides { get; private set; } = new Dictionary<string, Uri>();

    public async Task InitializeAsync()
    {
        if (ClusterSettings.SkipReason is not null)
            return;
        // The gophers' own gateway leaves the hosts under test alone.
        await mesh.ToAsync("""gatewayHosts=["gophers.example"]""");
        await OnClusterAsync();
        _plane = await MeshDataPlane.StartAsync(
            MeshModel.Read(ComparedObjects.AsManifests()), [await StartEchoAsync("v1"), await StartEchoAsync("v2")], new DataPlaneOptions(), default);
        Sides = new Dictionary<string, Uri> { ["rehearsal"] = _plane.GatewayAddress(80), ["Envoy"] = mesh.Gateway };
        await Eventually.TrueAsync("Envoy knows the routes under test", async () => await AnswersAsync(ComparedObjects.CounterOf("v1"))
            && await AnswersAsync(ComparedObjects.CounterOf("v2")));
    }

    public async Task DisposeAsync()
    {
        if (_plane is not null)
            await _plane.DisposeAsync();
        foreach (var echo in _echoes)
            await echo.DisposeAsync();
        if (ClusterSettings.SkipReason is null)
            await Kubectl.RunAsync("delete", "namespace", RoutingCase.Namespace, "--wait=false");
    }

    /// <summary>Sends a request of a case to one side.</summary>
    internal async Task<Outcome> SendAsync(string side, RoutingCase routing, Probe probe)
    {
        using var request = probe.ToRequest(Sides[side], routing.Host, routing.Name);
        using var response = await Client.SendAsync(request);
        return await Outcome.OfAsync(response);
    }

    /// <summary>How many requests of a case a version's application has received on one side.</summary>
    internal async Task<int> ReceivedAsync(string side, string version, string caseName)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Sides[side], "/counted"));
        request.Headers.Host = ComparedObjects.CounterOf(version);
        using var response = await Client.SendAsync(request);
        var counted = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Dictionary<string, int>>();
        return counted!.GetValueOrDefault(caseName);
    }

    private static async Task OnClusterAsync()
    {
        await Kubectl.ApplyAsync(ComparedObjects.Pods.Concat(ComparedObjects.Routing));
        await Kubectl.RolledOutAsync(RoutingCase.Namespace, "echo-v1");
        await Kubectl.RolledOutAsync(RoutingCase.Namespace, "echo-v2");
    }

    private async Task<PodEndpoint> StartEchoAsync(string version)
    {
        var echo = StubApp.Build(version, Behaviour.Echo, "--urls=http://127.0.0.1:0");
        _echoes.Add(echo);
        await echo.StartAsync();
        var port = new Uri(echo.Urls.Single()).Port;
        return new PodEndpoint($"echo-{version}", RoutingCase.Namespace,
            new Dictionary<string, string> { ["app"] = "echo", ["version"] = version }, new Dictionary<string, int> { ["8080"] = port }, Ready: true);
    }

    private async Task<bool> AnswersAsync(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(mesh.Gateway, "/counted"));
        request.Headers.Host = host;
        using var response = await Client.SendAsync(request);
        return response.IsSuccessStatusCode;
    }
}
