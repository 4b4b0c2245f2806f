using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Rehearse.Pods;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>
/// The declared objects, live: Deployments as processes, routing in the data plane. A new plan is put in force as the engine would do it:
/// an object is created or updated when all that it depends on stands, what is no longer declared goes last, in the reverse order.
/// </summary>
internal sealed class LiveCluster : IAsyncDisposable
{
    /// <summary>The kinds that the data plane obeys.</summary>
    public static readonly IReadOnlyList<string> RoutingKinds = ["Service", "Gateway", "VirtualService", "DestinationRule"];

    private readonly MeshDataPlane _dataPlane;
    private readonly Fleet _fleet;
    private readonly Lock _applying = new();
    private readonly List<Task> _ending = [];
    private IReadOnlyList<PlannedObject> _plan = [];
    private ImmutableDictionary<string, Manifest> _routing = ImmutableDictionary<string, Manifest>.Empty;
    private MeshModel _model = MeshReader.Read([]);

    private LiveCluster(MeshDataPlane dataPlane, PodNames names)
    {
        _dataPlane = dataPlane;
        _fleet = new Fleet(names, dataPlane);
        _fleet.Changed += ApplyEndpoints;
    }

    /// <summary>All pods that are not ending, with their state.</summary>
    public IReadOnlyList<PodEndpoint> Pods => _fleet.Endpoints;

    /// <summary>Where the declared gateway answers.</summary>
    public Uri Gateway => _dataPlane.GatewayAddress(GatewayEntry.Of(_model).Port);

    /// <summary>The host that a caller of the gateway has to ask for.</summary>
    public string Host => GatewayEntry.Of(_model).Host;

    /// <summary>A cluster in which nothing is declared.</summary>
    public static async Task<LiveCluster> StartAsync(PodNames names, DataPlaneOptions options, CancellationToken cancellation) =>
        new(await MeshDataPlane.StartAsync(MeshReader.Read([]), [], options, cancellation), names);

    /// <summary>Puts a plan in force, and waits until all that it declares is ready.</summary>
    /// <returns>What was done, a line for each object that changed.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(IReadOnlyList<PlannedObject> plan, CancellationToken cancellation)
    {
        var deployments = DeploymentReader.Read([.. plan.Select(planned => planned.Manifest)], out _).ToDictionary(deployment => deployment.Key);
        var before = _plan.ToDictionary(planned => planned.Urn);
        var after = plan.Select(planned => planned.Urn).ToHashSet();
        var removed = _plan.Where(planned => !after.Contains(planned.Urn)).Reverse().ToList();
        _plan = plan;

        var steps = new Dictionary<string, Task>();
        var changed = plan.Where(planned => !IsSame(planned, before.GetValueOrDefault(planned.Urn))).ToList();
        foreach (var planned in changed)
            steps[planned.Urn] = ApplyAsync(planned.Manifest, deployments, [.. planned.Needs.Where(steps.ContainsKey).Select(urn => steps[urn])], cancellation);
        await Task.WhenAll(steps.Values);
        foreach (var planned in removed)
            await RemoveAsync(planned.Manifest, cancellation);
        return [
            .. changed.Select(planned => $"{(before.ContainsKey(planned.Urn) ? "~" : "+")} {planned.Manifest.DisplayName}"),
            .. removed.Select(planned => $"- {planned.Manifest.DisplayName}")];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _fleet.Changed -= ApplyEndpoints;
        await _fleet.DisposeAsync();
        await Task.WhenAll(_ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _dataPlane.DisposeAsync();
    }

    private static bool IsSame(PlannedObject planned, PlannedObject? other) =>
        other is not null && JsonNode.DeepEquals(planned.Manifest.Body, other.Manifest.Body);

    private async Task ApplyAsync(
        Manifest manifest, Dictionary<string, DeploymentSpec> deployments, Task[] needs, CancellationToken cancellation)
    {
        await Task.WhenAll(needs);
        if (manifest is { Kind: "Deployment" })
        {
            var ending = await new RollingUpdate(_fleet, deployments[$"{manifest.Namespace ?? "default"}/{manifest.Name}"]).RunAsync(cancellation);
            lock (_applying)
                _ending.AddRange(ending);
        }
        else if (RoutingKinds.Contains(manifest.Kind))
            await ApplyRoutingAsync(routing => routing.SetItem(manifest.DisplayName, manifest), cancellation);
    }

    private async Task RemoveAsync(Manifest manifest, CancellationToken cancellation)
    {
        if (manifest is { Kind: "Deployment" })
            await RollingUpdate.RemoveAsync(_fleet, $"{manifest.Namespace ?? "default"}/{manifest.Name}");
        else if (RoutingKinds.Contains(manifest.Kind))
            await ApplyRoutingAsync(routing => routing.Remove(manifest.DisplayName), cancellation);
    }

    private async Task ApplyRoutingAsync(
        Func<ImmutableDictionary<string, Manifest>, ImmutableDictionary<string, Manifest>> change, CancellationToken cancellation)
    {
        Task applied;
        lock (_applying)
        {
            _routing = change(_routing);
            _model = MeshReader.Read([.. _routing.Values.OrderBy(manifest => manifest.DisplayName, StringComparer.Ordinal)]);
            applied = _dataPlane.ApplyAsync(_model, _fleet.Endpoints, cancellation);
        }
        await applied;
    }

    // The lock keeps a newer state from being overtaken by an older one; without a new gateway port nothing is left to wait for.
    private void ApplyEndpoints()
    {
        lock (_applying)
            _ = _dataPlane.ApplyAsync(_model, _fleet.Endpoints, CancellationToken.None);
    }
}
