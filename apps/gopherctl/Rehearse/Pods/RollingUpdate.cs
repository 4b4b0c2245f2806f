using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

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
