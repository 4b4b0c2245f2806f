using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Tests.Cluster.Differential.Sides;

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

    /// <summary>What the rehearsal makes of each.</summary>
    public async Task<IReadOnlyList<Answers>> OnRehearsalAsync()
    {
        var denied = Drafts.Select((draft, index) => Writing.Objects(draft, Name(index)).Where(IsRefused).Select(Display).ToHashSet()).ToList();
        var shared = ComparedObjects.Routing(JsonNode.Parse("""{ "loadBalancer": { "simple": "ROUND_ROBIN" } }""")!, []).Concat(Writing.Shared);
        var taken = Drafts.SelectMany((draft, index) => Writing.Objects(draft, Name(index)).Where(item => !denied[index].Contains(Display(item))));
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
            return await AskAsync(envoy, [.. objects.Select(items => items.Where(denied.Contains).Select(Display).ToHashSet())]);
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

    /// <summary>What Istio's webhook would deny, and what the rehearsal does not model: Istio takes that, so that it shows as a difference.</summary>
    private static bool IsRefused(JsonObject item)
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

    private static string Display(JsonObject item) => $"{item["kind"]} {item["metadata"]!["name"]}";

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
