using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;
using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential.Sides;

/// <summary>The rehearsal's data plane in this process, and Envoy on the cluster, under the same declared routing.</summary>
public sealed class TwoSides(Mesh mesh) : IAsyncLifetime
{
    /// <summary>Both.</summary>
    internal IReadOnlyList<ISide> Both { get; private set; } = [];

    internal ISide Envoy => Both[0];

    internal ISide Rehearsal => Both[1];

    /// <summary>The routes of the stack itself.</summary>
    internal RoutingCase Own { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (ClusterSettings.SkipReason is not null)
        {
            return;
        }
        // The gophers' own gateway leaves the hosts under test alone.
        await mesh.ToAsync("""gatewayHosts=["gophers.example"]""");
        Own = await OwnRoutes.DeclaredAsync();
        var routing = ComparedObjects.Routing(Policy(mesh.Current), [Own, Cases.EjectionCase.Routing]).Concat(Generated.Writing.Shared).ToList();
        await Kubectl.ApplyAsync(ComparedPods.Namespaces);
        await Kubectl.ApplyAsync(ComparedPods.All.Concat(routing));
        Both = [await EnvoySide.StartAsync(mesh.Gateway), await RehearsalSide.StartAsync(routing)];
        foreach (var entry in Enum.GetValues<EntryPoint>())
        {
            await Eventually.TrueAsync($"Envoy knows the routes under test ({entry})", () => IsKnownAsync(entry));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var side in Both)
        {
            await side.DisposeAsync();
        }

        if (ClusterSettings.SkipReason is null)
        {
            await ComparedPods.DeleteAsync();
        }
    }

    private static JsonNode Policy(Rendering declared) =>
        declared.Single("DestinationRule", "gopher-distributor-v1").Body["spec"]!["subsets"]![0]!["trafficPolicy"]!;

    // Several times: there are several gateways.
    private async Task<bool> IsKnownAsync(EntryPoint entry)
    {
        List<int> statuses = [];
        foreach (var version in ComparedObjects.Versions)
        {
            var replies = await Envoy.SendAsync(entry, new Probe(), ComparedObjects.CounterOf(version), "known", times: 20);
            statuses.AddRange(replies.Select(reply => reply.Status));
        }

        return statuses.TrueForAll(status => status == 200);
    }
}

/// <summary>One of the two that are compared.</summary>
internal interface ISide : IAsyncDisposable
{
    /// <summary>What failures call it.</summary>
    string Name { get; }

    /// <summary>Where the gateway's port 80 is reached.</summary>
    Uri Gateway { get; }

    /// <summary>Sends a probe by one way into the mesh.</summary>
    /// <param name="entry">The way.</param>
    /// <param name="probe">The request.</param>
    /// <param name="host">The host header, unless the probe has one of its own.</param>
    /// <param name="id">What the application counts it as.</param>
    /// <param name="times">How often.</param>
    Task<IReadOnlyList<Reply>> SendAsync(EntryPoint entry, Probe probe, string host, string id, int times = 1);

    /// <summary>Sends many requests, several at a time.</summary>
    /// <returns>Their replies in the same order.</returns>
    Task<IReadOnlyList<Reply>> SendAllAsync(IReadOnlyList<Sending> sendings);
}

/// <summary>A request with its own host header, the way that it takes, and what the application counts it as.</summary>
internal sealed record Sending(EntryPoint Entry, Probe Probe, string Id);
