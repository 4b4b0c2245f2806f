using System.Net.Http.Json;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential.Sides;

/// <summary>Envoy on the cluster: the gateway is asked from here, a sidecar by the pod that it belongs to.</summary>
internal sealed class EnvoySide : ISide
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Uri _gateway;
    private readonly ApiServerProxy _apiServer;

    private EnvoySide(Uri gateway, ApiServerProxy apiServer) => (_gateway, _apiServer) = (gateway, apiServer);

    public string Name => "Envoy";

    /// <summary>Waits until the pods are there.</summary>
    public static async Task<EnvoySide> StartAsync(Uri gateway)
    {
        foreach (var @namespace in (string[])[RoutingCase.Namespace, ComparedPods.Elsewhere])
        {
            await Kubectl.RunAsync("--namespace", @namespace, "wait", "--for=condition=Ready", "pod", "--all", "--timeout=180s");
        }

        return new EnvoySide(gateway, await ApiServerProxy.StartAsync());
    }

    public Task<IReadOnlyList<Reply>> SendAsync(EntryPoint entry, Probe probe, string host, string id, int times = 1) => entry switch
    {
        EntryPoint.Gateway => PlainHttp.AskAsync(probe.To(_gateway.Host, _gateway.Port, host, id) with { Times = times }),
        EntryPoint.SecondPort => FromPodAsync(
            RoutingCase.Namespace, probe.To(ComparedPods.SecondPortHost, ComparedPods.SecondPort, host, id) with { Times = times }),
        EntryPoint.Sidecar => FromPodAsync(RoutingCase.Namespace, probe.To(RoutingCase.Echo, probe.Port, host, id) with { Times = times }),
        _ => FromPodAsync(ComparedPods.Elsewhere, probe.To(RoutingCase.Echo, probe.Port, host, id) with { Times = times }),
    };

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _apiServer.DisposeAsync();
    }

    private async Task<IReadOnlyList<Reply>> FromPodAsync(string @namespace, Question question)
    {
        var asker = $"http://{_apiServer.Authority}/api/v1/namespaces/{@namespace}/pods/{ComparedPods.Asker}:{ComparedPods.Port}/proxy/ask";
        using var answer = await _client.PostAsJsonAsync(asker, question);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<List<Reply>>())!;
    }
}
