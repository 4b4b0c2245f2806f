using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>
/// The objects that are live, each as it was last applied. One whose change began and did not end is unfinished: it is applied again,
/// whatever the next plan says of it.
/// </summary>
internal sealed class LiveObjects
{
    private readonly Lock _lock = new();
    private readonly List<(PlannedObject Object, bool IsFinished)> _objects = [];

    /// <summary>The objects that are as they were declared.</summary>
    public IReadOnlyList<Manifest> Finished => Manifests(isFinished: true);

    /// <summary>The objects whose change began and did not end.</summary>
    public IReadOnlyList<Manifest> Unfinished => Manifests(isFinished: false);

    /// <summary>Whether an object of that URN is there, finished or not.</summary>
    public bool Has(PlannedObject planned)
    {
        lock (_lock)
        {
            return IndexOf(planned) >= 0;
        }
    }

    /// <summary>Whether the object is live just as it is planned.</summary>
    public bool IsSame(PlannedObject planned)
    {
        lock (_lock)
        {
            return IndexOf(planned) is >= 0 and var index
                && _objects[index].IsFinished
                && JsonNode.DeepEquals(planned.Manifest.Body, _objects[index].Object.Manifest.Body);
        }
    }

    /// <summary>The objects that a plan no longer has, dependents before what they need.</summary>
    public IReadOnlyList<PlannedObject> Beyond(IReadOnlyList<PlannedObject> plan)
    {
        var urns = plan.Select(planned => planned.Urn).ToHashSet();
        lock (_lock)
        {
            return [.. _objects.Select(live => live.Object).Where(live => !urns.Contains(live.Urn)).Reverse()];
        }
    }

    /// <summary>Notes that the change of an object begins or, when it is finished, has ended.</summary>
    public void Set(PlannedObject planned, bool isFinished)
    {
        lock (_lock)
        {
            if (IndexOf(planned) is >= 0 and var index)
            {
                _objects[index] = (planned, isFinished);
            }
            else
            {
                _objects.Add((planned, isFinished));
            }
        }
    }

    /// <summary>Notes that an object is gone.</summary>
    public void Remove(PlannedObject planned)
    {
        lock (_lock)
        {
            _objects.RemoveAt(IndexOf(planned));
        }
    }

    private int IndexOf(PlannedObject planned) => _objects.FindIndex(live => live.Object.Urn == planned.Urn);

    private IReadOnlyList<Manifest> Manifests(bool isFinished)
    {
        lock (_lock)
        {
            return [.. _objects.Where(live => live.IsFinished == isFinished).Select(live => live.Object.Manifest)];
        }
    }
}

/// <summary>What became of a plan that was applied.</summary>
/// <param name="Changes">What was done, a line for each object that changed.</param>
/// <param name="Unfinished">The objects whose change began and did not end, as messages name them.</param>
/// <param name="Failure">Why the plan is live in part only; null when all of it is.</param>
internal sealed record Applied(IReadOnlyList<string> Changes, IReadOnlyList<string> Unfinished, UserException? Failure)
{
    /// <summary>The changes of a plan that is live as a whole.</summary>
    /// <exception cref="UserException">It is live in part only.</exception>
    public IReadOnlyList<string> OrThrow() => Failure is null ? Changes : throw Failure;
}
