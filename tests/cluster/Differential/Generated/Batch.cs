using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>Configurations that are in force together, each with hosts of its own.</summary>
/// <param name="Id">New for each batch: starts the names of its objects, and so its hosts.</param>
/// <param name="Drafts">The configurations.</param>
internal sealed record Batch(string Id, IReadOnlyList<Draft> Drafts)
{
    private static readonly EntryPoint[] Proxies = [EntryPoint.Gateway, EntryPoint.Sidecar, EntryPoint.Elsewhere];

    /// <summary>The kinds that are removed after a batch, as the API server's paths name them.</summary>
    private static readonly string[] Collections =
    [
        $"/apis/networking.istio.io/v1/namespaces/{RoutingCase.Namespace}/virtualservices",
        $"/apis/networking.istio.io/v1/namespaces/{RoutingCase.Namespace}/gateways",
        $"/apis/networking.istio.io/v1/namespaces/{RoutingCase.Namespace}/destinationrules",
        $"/api/v1/namespaces/{RoutingCase.Namespace}/services",
    ];

    /// <summary>What the rehearsal makes of each.</summary>
    public async Task<IReadOnlyList<Answers>> OnRehearsalAsync()
    {
        var denied = Drafts.Select((draft, index) => Writing.Objects(draft, Name(index)).Where(IsRefused).Select(Display).ToHashSet()).ToList();
        var shared = ComparedObjects.Routing(JsonNode.Parse("""{ "loadBalancer": { "simple": "ROUND_ROBIN" } }""")!, []).Concat(Writing.Shared).ToList();
        var taken = Drafts.SelectMany((draft, index) => Writing.Objects(draft, Name(index)).Where(item => !denied[index].Contains(Display(item))));
        await using var side = await RehearsalSide.StartAsync([.. shared, .. taken]);
        return await AskAsync(side, denied);
    }

    /// <summary>What Istio and Envoy make of each.</summary>
    public async Task<IReadOnlyList<Answers>> OnEnvoyAsync(ISide envoy)
    {
        var objects = Drafts.Select((draft, index) => Writing.Objects(draft, Name(index))).ToList();
        try
        {
            // What Istio denies makes it fail, and keeps nothing else from being created.
            await Kubectl.TryOnAsync(objects.SelectMany(items => items).Select(item => item.ToJsonString()), Kubectl.StrictApply);
            await Kubectl.ApplyAsync([Writing.Sentinel(Id)]);
            var created = await CreatedAsync();
            foreach (var entry in Enum.GetValues<EntryPoint>())
            {
                await Eventually.TrueAsync($"{Id} is in effect ({entry})", () => IsInEffectAsync(envoy, entry));
            }

            return await AskAsync(envoy, [.. objects.Select(items => items.Select(Display).Where(name => !created.Contains(name)).ToHashSet())]);
        }
        finally
        {
            foreach (var collection in Collections)
            {
                await Kubectl.RunAsync("delete", "--raw", $"{collection}?labelSelector=generated%3Dtrue");
            }
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

    private static async Task<HashSet<string>> CreatedAsync()
    {
        var items = await Kubectl.ListAsync(
            "virtualservices.networking.istio.io,gateways.networking.istio.io,destinationrules.networking.istio.io,services",
            "--namespace", RoutingCase.Namespace, "--selector", "generated=true");
        return [.. items.Select(item => Display(item.AsObject()))];
    }

    // Several times: there are several gateways.
    private async Task<bool> IsInEffectAsync(ISide envoy, EntryPoint entry)
    {
        var replies = await envoy.SendAsync(entry, new Probe(), "sentinel.test", "sentinel", times: 20);
        return replies.All(reply => reply.Body == Id);
    }

    private async Task<IReadOnlyList<Answers>> AskAsync(ISide side, List<HashSet<string>> denied)
    {
        var sendings = Drafts.SelectMany((draft, index) => draft.Probes.SelectMany((probe, number) =>
            Enumerable.Range(0, draft.HasChance ? Answers.Repetitions : 1)
                .Select(time => new Sending(probe.EntryPoint, probe.Named(Name(index)), $"{Name(index)}/{number}/{time}")))).ToList();
        var replies = await side.SendAllAsync(sendings);
        foreach (var proxy in Proxies)
        {
            await Receipts.CopiesArrivedAsync(side, proxy, Id);
        }

        var received = new Dictionary<string, List<(string, Stub.Received)>>();
        foreach (var version in ComparedObjects.Versions)
        {
            foreach (var (id, what) in await Receipts.OfAsync(side, version, Id))
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

    private string Name(int index) => $"{Id}c{index}";
}
