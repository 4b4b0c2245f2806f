using System.Net.Http.Json;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential.Sides;

/// <summary>Envoy on the cluster: the gateway is asked from here, a sidecar by the pod that it belongs to.</summary>
internal sealed class EnvoySide : ISide
{
    /// <summary>So many requests go to a pod in one message.</summary>
    private const int AtOnce = 500;

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ApiServerProxy _apiServer;

    private EnvoySide(Uri gateway, ApiServerProxy apiServer) => (Gateway, _apiServer) = (gateway, apiServer);

    public string Name => "Envoy";

    public Uri Gateway { get; }

    /// <summary>Waits until the pods are there.</summary>
    public static async Task<EnvoySide> StartAsync(Uri gateway)
    {
        foreach (var @namespace in (string[])[RoutingCase.Namespace, ComparedPods.Elsewhere])
        {
            await Kubectl.RunAsync("--namespace", @namespace, "wait", "--for=condition=Ready", "pod", "--all", "--timeout=180s");
        }

        return new EnvoySide(gateway, await ApiServerProxy.StartAsync());
    }

    public async Task<IReadOnlyList<Reply>> SendAsync(EntryPoint entry, Probe probe, string host, string id, int times = 1)
    {
        var question = QuestionOf(entry, probe, host, id) with { Times = times };
        return Asker(entry) is { } @namespace ? await FromPodAsync(@namespace, question) : await PlainHttp.AskAsync(question);
    }

    public async Task<IReadOnlyList<Reply>> SendAllAsync(IReadOnlyList<Sending> sendings)
    {
        var replies = new Reply[sendings.Count];
        // From the pods and from here at the same time.
        await Task.WhenAll(sendings.Index().GroupBy(sending => Asker(sending.Item.Entry)).Select(async way =>
        {
            foreach (var chunk in way.Chunk(AtOnce))
            {
                var questions = chunk.Select(item => QuestionOf(item.Item.Entry, item.Item.Probe, "", item.Item.Id)).ToArray();
                var answers = way.Key is { } @namespace ? await FromPodAsync(@namespace, questions) : await PlainHttp.AskEachAsync(questions);
                foreach (var ((index, _), answer) in chunk.Zip(answers))
                {
                    replies[index] = answer;
                }
            }
        }));
        return replies;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _apiServer.DisposeAsync();
    }

    /// <summary>The namespace of the pod that asks; null for this process.</summary>
    private static string? Asker(EntryPoint entry) => entry switch
    {
        EntryPoint.Gateway => null,
        EntryPoint.Elsewhere => ComparedPods.Elsewhere,
        _ => RoutingCase.Namespace,
    };

    private Question QuestionOf(EntryPoint entry, Probe probe, string host, string id) => entry switch
    {
        EntryPoint.Gateway => probe.To(Gateway.Host, Gateway.Port, host, id),
        EntryPoint.SecondPort => probe.To(ComparedPods.SecondPortHost, ComparedPods.SecondPort, host, id),
        _ => probe.To(RoutingCase.Echo, probe.Port, host, id),
    };

    private Task<IReadOnlyList<Reply>> FromPodAsync(string @namespace, Question question) => PostAsync(@namespace, "ask", question);

    private Task<IReadOnlyList<Reply>> FromPodAsync(string @namespace, Question[] questions) => PostAsync(@namespace, "ask-each", questions);

    private async Task<IReadOnlyList<Reply>> PostAsync<T>(string @namespace, string path, T body)
    {
        var asker = $"http://{_apiServer.Authority}/api/v1/namespaces/{@namespace}/pods/{ComparedPods.Asker}:{ComparedPods.Port}/proxy/{path}";
        using var answer = await _client.PostAsJsonAsync(asker, body);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<List<Reply>>())!;
    }
}
