using System.Text.Json.Nodes;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Tests.Stub;
using Microsoft.AspNetCore.Builder;

namespace GopherMesh.Tests.Cluster.Differential.Sides;

/// <summary>The rehearsal's data plane in this process, over echoes in this process.</summary>
internal sealed class RehearsalSide : ISide
{
    private readonly List<WebApplication> _echoes = [];
    private MeshDataPlane _plane = null!;

    public string Name => "rehearsal";

    public Uri Gateway => _plane.GatewayAddress(80);

    public static async Task<RehearsalSide> StartAsync(IEnumerable<JsonObject> routing)
    {
        var side = new RehearsalSide();
        PodEndpoint[] pods =
        [
            await side.StartEchoAsync("echo-v1", "v1", Behaviour.Echo),
            await side.StartEchoAsync("echo-v2", "v2", Behaviour.Echo),
            await side.StartEchoAsync("pair-well", "pair", Behaviour.Echo),
            await side.StartEchoAsync("pair-failing", "pair", Behaviour.Error),
        ];
        var model = MeshReader.Read(ComparedObjects.AsManifests(routing));
        side._plane = await MeshDataPlane.StartAsync(model, pods, new DataPlaneOptions(), default);
        return side;
    }

    public async Task<IReadOnlyList<Reply>> SendAsync(EntryPoint entry, Probe probe, string host, string id, int times = 1) =>
        await PlainHttp.AskAsync(await QuestionOfAsync(entry, probe, host, id) with { Times = times });

    public async Task<IReadOnlyList<Reply>> SendAllAsync(IReadOnlyList<Sending> sendings)
    {
        var questions = new List<Question>();
        foreach (var sending in sendings)
        {
            questions.Add(await QuestionOfAsync(sending.Entry, sending.Probe, "", sending.Id));
        }

        return await PlainHttp.AskEachAsync(questions);
    }

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        foreach (var echo in _echoes)
        {
            await echo.DisposeAsync();
        }
    }

    private async Task<Question> QuestionOfAsync(EntryPoint entry, Probe probe, string host, string id)
    {
        var address = await AddressAsync(entry);
        var question = probe.To(address.Host, address.Port, host, id);
        // A pod of the rehearsal has its sidecar as its http_proxy, which is told the whole address.
        var isProxied = entry is EntryPoint.Sidecar or EntryPoint.Elsewhere;
        return isProxied ? question with { Target = $"http://{probe.Authority(host)}{question.Target}" } : question;
    }

    private Task<Uri> AddressAsync(EntryPoint entry) => entry switch
    {
        EntryPoint.Gateway => Task.FromResult(Gateway),
        EntryPoint.SecondPort => Task.FromResult(_plane.GatewayAddress(ComparedPods.SecondPort)),
        EntryPoint.Sidecar => _plane.OutboundProxyAsync(AskerIn(RoutingCase.Namespace)),
        _ => _plane.OutboundProxyAsync(AskerIn(ComparedPods.Elsewhere)),
    };

    private static PodIdentity AskerIn(string @namespace) =>
        new(ComparedPods.Asker, @namespace, new Dictionary<string, string> { ["app"] = ComparedPods.Asker });

    private async Task<PodEndpoint> StartEchoAsync(string pod, string version, Behaviour behaviour)
    {
        var echo = StubApp.Build(version, behaviour, "--urls=http://127.0.0.1:0");
        _echoes.Add(echo);
        await echo.StartAsync();
        var labels = new Dictionary<string, string> { ["app"] = "echo", ["version"] = version };
        var ports = new Dictionary<string, int> { [$"{ComparedPods.Port}"] = new Uri(echo.Urls.Single()).Port };
        return new PodEndpoint(pod, RoutingCase.Namespace, labels, ports, Ready: true);
    }
}
