using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Rehearse.Pods;
using GopherMesh.Infra.Conventions;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>What happens in a rehearsal, for its page: the changes in order, and the pods as they are.</summary>
internal sealed class RehearsalLog : IDisposable
{
    private const int KeptChanges = 100;

    private readonly Lock _lock = new();
    private readonly MeshRehearsal _rehearsal;
    private readonly Queue<ShownChange> _changes = new();
    private readonly HashSet<(string Caller, string Pod)> _ejected = [];
    private Dictionary<string, PodState> _pods;

    /// <summary>Begins to note what happens; the pods that run already are not reported.</summary>
    /// <param name="rehearsal">The rehearsal.</param>
    /// <param name="figures">Told of ejections.</param>
    public RehearsalLog(MeshRehearsal rehearsal, LiveFigures figures)
    {
        (_rehearsal, _pods) = (rehearsal, rehearsal.Pods.ToDictionary(pod => pod.Name));
        Note("pod", $"{_pods.Values.Count(pod => pod.Phase == PodPhase.Ready)} pods are ready");
        figures.Ejected = NoteEjection;
        rehearsal.PodsChanged += NotePods;
        NotePods();
    }

    /// <summary>Called after each change, from any thread.</summary>
    public event Action? Changed;

    /// <summary>The latest changes, the oldest first.</summary>
    public IReadOnlyList<ShownChange> Changes
    {
        get
        {
            lock (_lock)
            {
                return [.. _changes];
            }
        }
    }

    /// <summary>The pods as they are now.</summary>
    /// <param name="versionOf">The version of a pod, by its labels; null for none.</param>
    public IReadOnlyList<ShownPod> Pods(Func<IReadOnlyDictionary<string, string>, string?> versionOf)
    {
        lock (_lock)
        {
            return [.. _pods.Values.Select(pod => new ShownPod(
                pod.Name,
                pod.Labels.GetValueOrDefault(Names.AppLabel, ""),
                versionOf(pod.Labels),
                _ejected.Any(ejected => ejected.Pod == pod.Name) ? "ejected" : pod.Phase.ToString().ToLowerInvariant(),
                pod.Restarts))];
        }
    }

    /// <summary>Notes that something happened that the page shows.</summary>
    /// <param name="kind">What sort of change; see <see cref="ShownChange"/>.</param>
    /// <param name="text">What, in a few words.</param>
    public void Note(string kind, string text)
    {
        lock (_lock)
        {
            _changes.Enqueue(new(TimeProvider.System.GetUtcNow(), kind, text));
            if (_changes.Count > KeptChanges)
            {
                _changes.Dequeue();
            }
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose() => _rehearsal.PodsChanged -= NotePods;

    private void NotePods()
    {
        List<string> lines = [];
        lock (_lock)
        {
            var now = _rehearsal.Pods.ToDictionary(pod => pod.Name);
            lines.AddRange(now.Values.Where(pod => !_pods.TryGetValue(pod.Name, out var before) || (before.Phase, before.Restarts) != (pod.Phase, pod.Restarts))
                .Select(pod => $"{pod.Name} is {pod.Phase.ToString().ToLowerInvariant()}{(pod.Phase == PodPhase.Restarting ? $" (restart {pod.Restarts})" : "")}"));
            lines.AddRange(_pods.Keys.Except(now.Keys).Select(gone => $"{gone} is gone"));
            _ejected.RemoveWhere(ejected => !now.ContainsKey(ejected.Pod));
            _pods = now;
        }

        lines.ForEach(line => Note("pod", line));
    }

    private void NoteEjection(EjectionReport report)
    {
        lock (_lock)
        {
            _ = report.IsEjected ? _ejected.Add((report.Caller, report.Pod)) : _ejected.Remove((report.Caller, report.Pod));
        }

        Note("ejection", $"{report.Pod} is {(report.IsEjected ? "ejected" : "let in again")} by {report.Caller}");
    }
}
