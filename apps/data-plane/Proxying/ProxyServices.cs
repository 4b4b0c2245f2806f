using System.Collections.Frozen;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>What all proxies of a data plane share.</summary>
internal sealed record ProxyServices(
    IRandomSource Random, TimeProvider Time, IRequestObserver Observer, Defects Defects, CancellationToken Stopping);

/// <summary>Keeps the first unexpected failure of the data plane itself, so that its user can report it.</summary>
internal sealed class Defects
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails with the first defect; does not end without one.</summary>
    public Task First => _first.Task;

    public void Report(Exception defect) => _first.TrySetException(defect);

    /// <summary>Reports the failure of work that nobody waits for.</summary>
    public void Watch(Task work) => _ = work.ContinueWith(
        failed => Report(failed.Exception!.InnerException!),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}

/// <summary>The rules that a proxy follows; replaced as a whole.</summary>
/// <param name="Tables">The virtual hosts by the port that requests come to.</param>
/// <param name="Clusters">The clusters by name.</param>
internal sealed record ProxySnapshot(FrozenDictionary<int, RouteTable> Tables, FrozenDictionary<string, Cluster> Clusters)
{
    public static ProxySnapshot Empty { get; } = new(FrozenDictionary<int, RouteTable>.Empty, FrozenDictionary<string, Cluster>.Empty);

    /// <summary>The next snapshot, whose clusters carry on those of this one.</summary>
    public ProxySnapshot Next(Dictionary<int, RouteTable> tables, IEnumerable<ClusterSpec> clusters, ProxyServices services, Action<UpstreamHost, bool> ejected) => new(
        tables.ToFrozenDictionary(),
        clusters.ToFrozenDictionary(spec => spec.Name, spec => new Cluster(spec, Clusters.GetValueOrDefault(spec.Name), services.Random, services.Time, ejected)));
}
