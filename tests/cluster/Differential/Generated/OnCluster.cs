using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>The generated objects on the cluster: the API server is asked directly, since kubectl takes seconds for some hundred objects.</summary>
internal sealed class OnCluster(ISide envoy, ApiServerProxy apiServer) : IDisposable
{
    private const int AtOnce = 16;

    /// <summary>Changes take a second or two; where a proxy refuses one, it never takes effect.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The kinds that are generated, as the API server's paths name them.</summary>
    private static readonly Dictionary<string, string> Collections = new()
    {
        ["VirtualService"] = $"/apis/networking.istio.io/v1/namespaces/{RoutingCase.Namespace}/virtualservices",
        ["Gateway"] = $"/apis/networking.istio.io/v1/namespaces/{RoutingCase.Namespace}/gateways",
        ["DestinationRule"] = $"/apis/networking.istio.io/v1/namespaces/{RoutingCase.Namespace}/destinationrules",
        ["Service"] = $"/api/v1/namespaces/{RoutingCase.Namespace}/services",
    };

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{apiServer.Authority}") };

    /// <summary>
    /// Creates the objects, and waits until every proxy routes by them. The objects of one configuration are created in their order,
    /// because Istio takes VirtualServices by age.
    /// </summary>
    /// <param name="id">The batch.</param>
    /// <param name="configurations">The objects of each.</param>
    /// <returns>Those that were denied.</returns>
    /// <exception cref="TimeoutException">A proxy does not route by what Istio took.</exception>
    public async Task<IReadOnlySet<JsonObject>> CreateAsync(string id, IEnumerable<IReadOnlyList<JsonObject>> configurations)
    {
        var denied = new HashSet<JsonObject>();
        await Parallel.ForEachAsync(configurations, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (objects, cancellation) =>
        {
            foreach (var item in objects)
            {
                if (!await IsTakenAsync(item, cancellation))
                {
                    lock (denied)
                    {
                        denied.Add(item);
                    }
                }
            }
        });

        // A proxy asks for the endpoints of new clusters when it gets these, and routes to a cluster without an answer end in 503. Istio sends
        // the second change after that answer.
        foreach (var change in (string[])["first", "second"])
        {
            var sentinel = $"{id}-{change}";
            Assert.True(await IsTakenAsync(Writing.Sentinel(sentinel), default), "Istio takes the VirtualService that shows what is in effect");
            foreach (var entry in Enum.GetValues<EntryPoint>())
            {
                await Eventually.TrueAsync($"{sentinel} is in effect ({entry})", () => IsInEffectAsync(sentinel, entry), Limit);
            }
        }

        return denied;
    }

    /// <summary>Removes everything that was generated.</summary>
    public async Task RemoveAsync()
    {
        foreach (var collection in Collections.Values)
        {
            using var answer = await _client.DeleteAsync($"{collection}?labelSelector={Writing.Label}%3Dtrue");
            answer.EnsureSuccessStatusCode();
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> IsTakenAsync(JsonObject item, CancellationToken cancellation)
    {
        using var body = new StringContent(item.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync($"{Collections[(string)item["kind"]!]}?fieldValidation=Strict", body, cancellation);
        return answer.StatusCode switch
        {
            HttpStatusCode.Created => true,
            // By the webhook or as an unknown field, by a policy, by the kind's schema.
            HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity => false,
            _ => throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)} for {item.ToJsonString()}"),
        };
    }

    // Several times: there are several gateways.
    private async Task<bool> IsInEffectAsync(string sentinel, EntryPoint entry)
    {
        var replies = await envoy.SendAsync(entry, new Probe(), $"{sentinel}.test", "sentinel", times: 20);
        return replies.All(reply => reply.Body == sentinel);
    }
}
