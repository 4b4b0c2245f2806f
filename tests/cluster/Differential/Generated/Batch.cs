using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>Configurations that are in force together, each with hosts of its own.</summary>
/// <param name="Drafts">The configurations.</param>
internal sealed record Batch(IReadOnlyList<Draft> Drafts)
{
    private static readonly EntryPoint[] Proxies = [EntryPoint.Gateway, EntryPoint.Sidecar, EntryPoint.Elsewhere];

    private static int _batches;

    /// <summary>
    /// New for each batch: starts the names of its objects, and so its hosts, and what applications count its requests as. By name they
    /// come after what all batches share, as they do by age, which the rehearsal is not told.
    /// </summary>
    private readonly string _id = $"g{Interlocked.Increment(ref _batches)}";

    /// <summary>What Istio's webhook would deny, and what the rehearsal does not model: Istio takes that, so that it shows as a difference.</summary>
    public static bool IsRefused(JsonObject item)
    {
        try
        {
            MeshReader.Read(ComparedObjects.AsManifests([item]));
            return false;
        }
        catch (UnmodelledFieldException)
        {
            return true;
        }
    }

    /// <summary>What the rehearsal makes of each.</summary>
    public async Task<IReadOnlyList<Answers>> OnRehearsalAsync()
    {
        var denied = Drafts.Select((draft, index) => Writing.Objects(draft, Name(index)).Where(IsRefused).Select(Writing.Display).ToHashSet()).ToList();
        var shared = ComparedObjects.Routing(JsonNode.Parse("""{ "loadBalancer": { "simple": "ROUND_ROBIN" } }""")!, []).Concat(Writing.Shared);
        var taken = Drafts.SelectMany((draft, index) => Writing.Objects(draft, Name(index)).Where(item => !denied[index].Contains(Writing.Display(item))));
        await using var side = await RehearsalSide.StartAsync([.. shared, .. taken]);
        return await AskAsync(side, denied);
    }

    /// <summary>What Istio and Envoy make of each.</summary>
    public async Task<IReadOnlyList<Answers>> OnEnvoyAsync(ISide envoy, OnCluster cluster)
    {
        var objects = Drafts.Select((draft, index) => Writing.Objects(draft, Name(index))).ToList();
        try
        {
            var denied = await cluster.CreateAsync(_id, objects);
            return await AskAsync(envoy, [.. objects.Select(items => items.Where(denied.Contains).Select(Writing.Display).ToHashSet())]);
        }
        catch (TimeoutException) when (Drafts is [var only])
        {
            return [new Answers(["what the proxies refuse"], [.. only.Probes.Select(_ => Array.Empty<string>())])];
        }
        catch (TimeoutException)
        {
            // A proxy refuses all routes because of one.
            await cluster.RemoveAsync();
            var half = Drafts.Count / 2;
            return
            [
                .. await new Batch([.. Drafts.Take(half)]).OnEnvoyAsync(envoy, cluster),
                .. await new Batch([.. Drafts.Skip(half)]).OnEnvoyAsync(envoy, cluster),
            ];
        }
        finally
        {
            await cluster.RemoveAsync();
        }
    }

    private async Task<IReadOnlyList<Answers>> AskAsync(ISide side, List<HashSet<string>> denied)
    {
        var sendings = Drafts.SelectMany((draft, index) => draft.Probes.SelectMany((probe, number) =>
            Enumerable.Range(0, draft.HasChance ? Answers.Repetitions : 1)
                .Select(time => new Sending(probe.EntryPoint, probe.Named(Name(index)), $"{Name(index)}/{number}/{time}")))).ToList();
        var replies = await side.SendAllAsync(sendings);
        foreach (var proxy in Proxies)
        {
            await Receipts.CopiesArrivedAsync(side, proxy, _id);
        }

        var received = new Dictionary<string, List<(string, Stub.Received)>>();
        foreach (var version in ComparedObjects.Versions)
        {
            foreach (var (id, what) in await Receipts.OfAsync(side, version, Name(null)))
            {
                (received.TryGetValue(id, out var before) ? before : received[id] = []).Add((version, what));
            }
        }

        var lines = sendings.Zip(replies).ToLookup(
            sent => sent.First.Id[..sent.First.Id.LastIndexOf('/')],
            sent => new Sent(sent.First.Id, sent.Second, received.GetValueOrDefault(sent.First.Id) ?? []));
        return [.. Drafts.Select((draft, index) => new Answers(
            [.. denied[index].Select(name => name.Replace(Name(index), "{name}", StringComparison.Ordinal)).Order(StringComparer.Ordinal)],
            [.. draft.Probes.Select((probe, number) => lines[$"{Name(index)}/{number}"]
                .Select(sent => Answers.Line(draft, probe, Name(index), sent)).Distinct().Order(StringComparer.Ordinal).ToArray())]))];
    }

    private string Name(int? index) => $"{_id}c{index}";
}

/// <summary>The generated objects on the cluster: the API server is asked directly, since kubectl takes seconds for some hundred objects.</summary>
internal sealed class OnCluster(ISide envoy, ApiServerProxy apiServer) : IDisposable
{
    private const int AtOnce = 16;

    /// <summary>Changes take a second or two; where a proxy refuses one, it never takes effect.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The kinds that are generated, as the API server's paths name them.</summary>
    private static readonly Dictionary<string, (string Group, string Resource)> Collections = new()
    {
        ["VirtualService"] = ("/apis/networking.istio.io/v1", "virtualservices"),
        ["Gateway"] = ("/apis/networking.istio.io/v1", "gateways"),
        ["DestinationRule"] = ("/apis/networking.istio.io/v1", "destinationrules"),
        ["Service"] = ("/api/v1", "services"),
    };

    /// <summary>Where objects are generated: delegates in the second one too.</summary>
    private static readonly string[] Namespaces = [RoutingCase.Namespace, ComparedPods.Elsewhere];

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
        foreach (var collection in Collections.Keys.SelectMany(_ => Namespaces, Collection))
        {
            using var answer = await _client.DeleteAsync($"{collection}?labelSelector={Writing.Label}%3Dtrue");
            answer.EnsureSuccessStatusCode();
        }
    }

    public void Dispose() => _client.Dispose();

    private static string Collection(string kind, string space) => $"{Collections[kind].Group}/namespaces/{space}/{Collections[kind].Resource}";

    private async Task<bool> IsTakenAsync(JsonObject item, CancellationToken cancellation)
    {
        using var body = new StringContent(item.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync($"{Collection((string)item["kind"]!, (string)item["metadata"]!["namespace"]!)}?fieldValidation=Strict", body, cancellation);
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
