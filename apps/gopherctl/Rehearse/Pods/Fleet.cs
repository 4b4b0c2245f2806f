using System.Collections.Immutable;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Model;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>All pods of the rehearsal.</summary>
/// <param name="names">Gives names to new pods.</param>
/// <param name="dataPlane">Has a sidecar for each pod.</param>
/// <param name="path">Stands between the data plane and the pods; null: nothing does.</param>
internal sealed class Fleet(PodNames names, MeshDataPlane dataPlane, IPodPath? path = null) : IAsyncDisposable
{
    private readonly LoopbackPorts _ports = new();
    private ImmutableList<Pod> _pods = [];
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Called after each change of a pod's state, from any thread.</summary>
    public event Action? Changed;

    /// <summary>The pods that have not been told to end, as the data plane sees them.</summary>
    public IReadOnlyList<PodEndpoint> Endpoints => [.. _pods.Where(pod => !pod.IsEnding).Select(pod => path?.To(pod.Endpoint) ?? pod.Endpoint)];

    /// <summary>All pods, those that are ending included, by name.</summary>
    public IReadOnlyList<PodState> States => [.. _pods.Select(pod => pod.State).OrderBy(pod => pod.Name, StringComparer.Ordinal)];

    /// <summary>The pods of a Deployment, without those that are ending.</summary>
    public IReadOnlyList<Pod> Of(string deployment) => [.. _pods.Where(pod => pod.DeploymentKey == deployment && !pod.IsEnding)];

    /// <summary>A task that ends with the next change of any pod. Take it before looking at the pods, or a change may be missed.</summary>
    public Task NextChange => Volatile.Read(ref _change).Task;

    /// <summary>Starts a pod.</summary>
    public async Task StartAsync(DeploymentSpec deployment)
    {
        var name = names.Next(deployment);
        var proxy = await dataPlane.OutboundProxyAsync(new PodIdentity(name, deployment.Namespace, deployment.Template.Labels));
        var pod = new Pod(name, deployment, proxy, _ports, Announce);
        ImmutableInterlocked.Update(ref _pods, pods => pods.Add(pod));
        pod.Start();
        Announce();
    }

    /// <summary>Ends the process of a pod as a crash does; the pod starts another one.</summary>
    public void Crash(string pod) => _pods.Find(candidate => candidate.Name == pod)?.Crash();

    /// <summary>Ends a pod as a cluster would: out of service first, then preStop, SIGTERM, and the grace period.</summary>
    public async Task EndAsync(Pod pod)
    {
        await pod.EndAsync(hasCallers: true);
        ImmutableInterlocked.Update(ref _pods, pods => pods.Remove(pod));
        await pod.DisposeAsync();
        await dataPlane.RemoveProxyAsync(pod.Identity);
        Announce();
    }

    /// <summary>Ends all pods: asked first, all at once, and killed when they do not listen.</summary>
    public async ValueTask DisposeAsync()
    {
        var pods = Interlocked.Exchange(ref _pods, []);
        await Task.WhenAll(pods.Select(pod => pod.EndAsync(hasCallers: false)));
        foreach (var pod in pods)
        {
            await pod.DisposeAsync();
        }
    }

    private void Announce()
    {
        Changed?.Invoke();
        Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}

/// <summary>How the data plane reaches the pods; faults stand between the two.</summary>
internal interface IPodPath
{
    /// <summary>Called when the way to a pod has changed, from any thread.</summary>
    event Action? Changed;

    /// <summary>The pod with the ports by which the data plane is to reach it.</summary>
    PodEndpoint To(PodEndpoint pod);
}
