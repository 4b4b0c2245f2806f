using System.Collections.Immutable;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Gopherctl.Cli;
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
    private readonly LiveObjects _live = new();
    private ImmutableDictionary<string, Manifest> _routing = ImmutableDictionary<string, Manifest>.Empty;
    private MeshModel _model = MeshReader.Read([]);

    private LiveCluster(MeshDataPlane dataPlane, PodNames names, IPodPath? path)
    {
        _dataPlane = dataPlane;
        _fleet = new Fleet(names, dataPlane, path);
        _fleet.Changed += ApplyEndpoints;
        if (path is not null)
        {
            path.Changed += ApplyEndpoints;
        }
    }

    /// <summary>All pods that are not ending, with their state.</summary>
    public IReadOnlyList<PodEndpoint> Pods => _fleet.Endpoints;

    /// <summary>All pods, those that are ending included.</summary>
    public IReadOnlyList<PodState> PodStates => _fleet.States;

    /// <summary>Called after each change of a pod's state, from any thread.</summary>
    public event Action PodsChanged
    {
        add => _fleet.Changed += value;
        remove => _fleet.Changed -= value;
    }

    /// <summary>Where the declared gateway answers.</summary>
    public Uri Gateway => _dataPlane.GatewayAddress(GatewayEntry.Of(_model).Port);

    /// <summary>The host that a caller of the gateway has to ask for.</summary>
    public string Host => GatewayEntry.Of(_model).Host;

    /// <summary>The objects that are live as they were declared.</summary>
    public IReadOnlyList<Manifest> Manifests => _live.Finished;

    /// <summary>Fails with the first defect of the data plane; see <see cref="MeshDataPlane.Defect"/>.</summary>
    public Task Defect => _dataPlane.Defect;

    /// <summary>A cluster in which nothing is declared.</summary>
    /// <param name="names">Gives names to new pods.</param>
    /// <param name="options">The data plane's options.</param>
    /// <param name="path">Stands between the data plane and the pods; null: nothing does.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<LiveCluster> StartAsync(PodNames names, DataPlaneOptions options, IPodPath? path, CancellationToken cancellation) =>
        new(await MeshDataPlane.StartAsync(MeshReader.Read([]), [], options, cancellation), names, path);

    /// <summary>Ends the process of a pod as a crash does; the pod starts another one.</summary>
    public void Crash(string pod) => _fleet.Crash(pod);

    /// <summary>Puts a plan in force, and waits until all that it declares is ready.</summary>
    /// <returns>What was done; where an object failed, what depends on it and what is to be removed has to wait for the next plan.</returns>
    public async Task<Applied> ApplyAsync(IReadOnlyList<PlannedObject> plan, CancellationToken cancellation)
    {
        var deployments = DeploymentReader.Read([.. plan.Select(planned => planned.Manifest)], out _).ToDictionary(deployment => deployment.Key);
        var changes = plan.Where(planned => !_live.IsSame(planned))
            .Select(planned => (Object: planned, Line: $"{(_live.Has(planned) ? "~" : "+")} {planned.Manifest.DisplayName}"))
            .ToList();
        var removals = _live.Beyond(plan);
        var failure = await TryAsync(async () =>
        {
            var steps = new Dictionary<string, Task>();
            foreach (var (planned, _) in changes)
            {
                var needs = planned.Needs.Where(steps.ContainsKey).Select(urn => steps[urn]);
                steps[planned.Urn] = ApplyAsync(planned, deployments, [.. needs], cancellation);
            }

            await Task.WhenAll(steps.Values);
            foreach (var planned in removals)
            {
                await RemoveAsync(planned, cancellation);
            }
        });
        return new Applied(
            [
                .. changes.Where(change => _live.IsSame(change.Object)).Select(change => change.Line),
                .. removals.Where(planned => !_live.Has(planned)).Select(planned => $"- {planned.Manifest.DisplayName}"),
            ],
            [.. _live.Unfinished.Select(manifest => manifest.DisplayName)],
            failure);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _fleet.Changed -= ApplyEndpoints;
        await _fleet.DisposeAsync();
        await Task.WhenAll(_ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _dataPlane.DisposeAsync();
    }

    private static async Task<UserException?> TryAsync(Func<Task> apply)
    {
        try
        {
            await apply();
            return null;
        }
        catch (UserException failure)
        {
            return failure;
        }
    }

    private static string KeyOf(Manifest deployment) => $"{deployment.Namespace ?? "default"}/{deployment.Name}";

    private async Task ApplyAsync(
        PlannedObject planned, Dictionary<string, DeploymentSpec> deployments, Task[] needs, CancellationToken cancellation)
    {
        await Task.WhenAll(needs);
        var manifest = planned.Manifest;
        _live.Set(planned, isFinished: false);
        if (manifest is { Kind: "Deployment" })
        {
            await new RollingUpdate(_fleet, deployments[KeyOf(manifest)]).RunAsync(Ending, cancellation);
        }
        else if (RoutingKinds.Contains(manifest.Kind))
        {
            await ApplyRoutingAsync(routing => routing.SetItem(manifest.DisplayName, manifest), cancellation);
        }

        _live.Set(planned, isFinished: true);
    }

    private async Task RemoveAsync(PlannedObject planned, CancellationToken cancellation)
    {
        var manifest = planned.Manifest;
        _live.Set(planned, isFinished: false);
        if (manifest is { Kind: "Deployment" })
        {
            await RollingUpdate.RemoveAsync(_fleet, KeyOf(manifest));
        }
        else if (RoutingKinds.Contains(manifest.Kind))
        {
            await ApplyRoutingAsync(routing => routing.Remove(manifest.DisplayName), cancellation);
        }

        _live.Remove(planned);
    }

    private void Ending(Task pod)
    {
        lock (_applying)
        {
            _ending.Add(pod);
        }
    }

    private async Task ApplyRoutingAsync(
        Func<ImmutableDictionary<string, Manifest>, ImmutableDictionary<string, Manifest>> change, CancellationToken cancellation)
    {
        Task applied;
        lock (_applying)
        {
            var routing = change(_routing);
            _model = MeshReader.Read([.. routing.Values.OrderBy(manifest => manifest.DisplayName, StringComparer.Ordinal)]);
            _routing = routing;
            applied = _dataPlane.ApplyAsync(_model, _fleet.Endpoints, cancellation);
        }

        await applied;
    }

    // The lock keeps a newer state from being overtaken by an older one.
    private void ApplyEndpoints()
    {
        lock (_applying)
        {
            _dataPlane.ApplyPods(_fleet.Endpoints);
        }
    }
}
