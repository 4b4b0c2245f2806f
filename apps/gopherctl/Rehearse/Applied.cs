using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rehearse;

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
