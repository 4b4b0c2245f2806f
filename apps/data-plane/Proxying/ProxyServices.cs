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
