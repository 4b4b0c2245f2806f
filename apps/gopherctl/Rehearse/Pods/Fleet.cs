using System.Collections.Immutable;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Model;
using GopherMesh.Gopherctl.Cli;
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

    /// <summary>A task that ends with the next change of any pod. Take it before looking at the pods, or a change may be missed.</summary>
    public Task NextChange => Volatile.Read(ref _change).Task;

    /// <summary>The pods of a Deployment, without those that are ending.</summary>
    public IReadOnlyList<Pod> Of(string deployment) => [.. _pods.Where(pod => pod.DeploymentKey == deployment && !pod.IsEnding)];

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

/// <summary>Brings the pods of a Deployment to what it declares, as its controller does: at most so many more, at most so many missing.</summary>
internal sealed class RollingUpdate(Fleet fleet, DeploymentSpec deployment)
{
    // A container that failed once was restarted at once; one that fails again will fail again after the back-off too.
    private const int HopelessRestarts = 2;

    /// <summary>Updates the pods, and waits until every declared one is ready. Pods that are no longer declared finish in the background.</summary>
    /// <param name="ending">Told of the end of each such pod as it begins, also where the update fails later.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserException">A pod fails, or nothing happens for as long as the Deployment allows.</exception>
    public async Task RunAsync(Action<Task> ending, CancellationToken cancellation)
    {
        while (true)
        {
            var change = fleet.NextChange;
            var pods = fleet.Of(deployment.Key);
            var current = pods.Where(pod => pod.TemplateHash == deployment.Template.Hash).ToList();
            ThrowIfHopeless(current);
            await StartMissingAsync(pods.Count, current.Count);
            foreach (var pod in Superfluous(pods, current))
            {
                ending(fleet.EndAsync(pod));
            }

            if (pods.Count == deployment.Replicas && current.Count == pods.Count && current.TrueForAll(pod => pod.IsReady))
            {
                return;
            }

            await WaitAsync(change, cancellation);
        }
    }

    /// <summary>Ends every pod of a Deployment that is no longer declared, and waits for their end.</summary>
    public static Task RemoveAsync(Fleet fleet, string deployment) => Task.WhenAll(fleet.Of(deployment).Select(fleet.EndAsync));

    private async Task StartMissingAsync(int running, int current)
    {
        var missing = Math.Min(deployment.Replicas - current, deployment.Replicas + deployment.MaxSurge - running);
        for (var i = 0; i < missing; i++)
        {
            await fleet.StartAsync(deployment);
        }
    }

    // Those of an older template first, and those that are not ready first: their end costs nothing.
    private IEnumerable<Pod> Superfluous(IReadOnlyList<Pod> pods, List<Pod> current)
    {
        var spare = pods.Count(pod => pod.IsReady) - (deployment.Replicas - deployment.MaxUnavailable);
        var excess = current.Take(Math.Max(0, current.Count - deployment.Replicas));
        foreach (var pod in pods.Except(current).Concat(excess).OrderBy(pod => pod.IsReady).ToList())
        {
            if (!pod.IsReady || spare-- > 0)
            {
                yield return pod;
            }
        }
    }

    private void ThrowIfHopeless(List<Pod> pods)
    {
        pods.ForEach(pod => pod.ThrowIfBroken());
        if (pods.Find(pod => pod.Restarts >= HopelessRestarts && !pod.IsReady) is { LastFailure: { } failure })
        {
            throw Failed($"a pod does not become ready: {failure}");
        }
    }

    private async Task WaitAsync(Task change, CancellationToken cancellation)
    {
        try
        {
            await change.WaitAsync(deployment.ProgressDeadline, cancellation);
        }
        catch (TimeoutException)
        {
            throw Failed($"no progress for {deployment.ProgressDeadline.TotalSeconds} s");
        }
    }

    private UserException Failed(string what) =>
        new(what, $"Deployment {deployment.Key}", "Correct the service, or its declared environment or probes.", ExitCode.NegativeVerdict);
}
