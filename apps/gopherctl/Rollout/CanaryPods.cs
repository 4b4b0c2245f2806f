using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Gophers;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>The canary's pods, where an autoscaler has to bring them before the requests of a step come.</summary>
/// <param name="Ready">Those that are ready.</param>
/// <param name="Needed">Those that the step needs.</param>
internal sealed record CanaryPods(int Ready, int Needed)
{
    /// <summary>
    /// How long a step waits for them: an autoscaler looks every 15 seconds, a node for them may have to start, and after 300 seconds without progress
    /// Kubernetes itself gives a Deployment up (<c>progressDeadlineSeconds</c> in infra/Gophers/GopherDeployment.cs).
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Whether the requests of the step may come.</summary>
    public bool AreThere => Ready >= Needed;

    /// <summary>Reads them from the cluster.</summary>
    /// <param name="kubectl">Reaches the cluster.</param>
    /// <param name="setting">The stack's value of a setting.</param>
    /// <param name="next">The stage that is to come.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null where no autoscaler chooses: a Deployment's own number of pods the update waits for.</returns>
    /// <exception cref="UserException">The cluster does not answer, or has no such Deployment.</exception>
    public static async Task<CanaryPods?> ReadAsync(Func<Task<Kubectl>> kubectl, Func<string, string> setting, StackState next, CancellationToken cancellation)
    {
        // A value that somebody has written since the start and that is no number ends the rollout before the step, as every change does.
        int Number(string key) => int.TryParse(setting(key), CultureInfo.InvariantCulture, out var number) ? number : 0;
        if (next.Canary is not { } canary || Number("distributorMaxReplicas") is not (> 0 and var most))
        {
            return null;
        }

        string[] get = ["--namespace", setting("namespace"), "get", "deployments.apps", Names.OfVersion(Names.Distributor, canary), "--output", "json"];
        var deployment = JsonNodes.Parsed(await (await kubectl()).RunAsync(get, cancellation), "kubectl get deployments.apps");

        // Kubernetes leaves out a number of 0.
        return new(
            (int)(deployment.Number("status.readyReplicas") ?? 0),
            Autoscaling.LeastAt(next.Weight, Number("distributorReplicas"), most));
    }
}

/// <summary>The pods that a stage waits for, before the canary gets its requests.</summary>
/// <param name="canary">The version that is rolled out.</param>
/// <param name="next">The stage that is to come.</param>
/// <param name="target">Gives the pods.</param>
/// <param name="options">How long they may take.</param>
/// <param name="view">Sees each change of their number.</param>
/// <param name="time">The clock.</param>
internal sealed class AwaitedPods(string canary, RolloutStage next, IRolloutTarget target, RolloutOptions options, IRolloutView view, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private CanaryPods? _seen;
    private string _found = "";

    private TimeSpan Left => options.PodsPatience - time.GetElapsedTime(_start);

    /// <summary>Waits until they are ready.</summary>
    /// <param name="look">Looks at the canary, which answers meanwhile, and is given the time that is left; what it decides is final.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Null once they are ready; otherwise what else is to be done, and why.</returns>
    public async Task<(Decision Decision, string Reason)?> AwaitAsync(Func<TimeSpan, Task<(Decision Decision, string Reason)?>> look, CancellationToken cancellation)
    {
        while (!await AreReadyAsync(cancellation))
        {
            if (await look(Left) is { } decided)
            {
                return decided;
            }

            if (Left <= TimeSpan.Zero)
            {
                return (Decision.Hold, string.Create(CultureInfo.InvariantCulture, $"after {options.PodsPatience.TotalSeconds:0} s {_found}"));
            }

            await Task.Delay(options.Interval, time, cancellation);
        }

        return null;
    }

    // Pods that cannot be counted now are not ready.
    private async Task<bool> AreReadyAsync(CancellationToken cancellation)
    {
        try
        {
            if (await target.PodsAsync(next.State, cancellation) is not { AreThere: false } pods)
            {
                return true;
            }

            _found = string.Create(
                CultureInfo.InvariantCulture, $"{canary} has {pods.Ready} ready pods, and {next.Title} needs {pods.Needed}: kubectl describe horizontalpodautoscalers, and kubectl get pods, say why");
            if (pods != _seen)
            {
                _seen = pods;
                view.Show(new PodsAwaited(time.GetUtcNow(), next, pods, Left));
            }
        }
        catch (UserException unread)
        {
            _found = $"nobody can tell whether {canary} has the pods that {next.Title} needs: {unread.Message}";
        }

        return false;
    }
}
