using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

/// <summary>How a stage went.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Change">What was applied and deleted.</param>
/// <param name="Routed">When the route was handed to the API server, as a timestamp of Stopwatch.</param>
/// <param name="InEffect">When every proxy was seen to route by it.</param>
internal sealed record StageRun(Stage Stage, Change Change, long Routed, long InEffect)
{
    /// <summary>What was answered to requests sent after the change was in effect and before the next one began.</summary>
    public required Recording Answers { get; init; }

    /// <summary>When the first copy was seen; null for a stage that does not begin to copy.</summary>
    public long? FirstCopy { get; init; }
}

/// <summary>What the dark launch copied.</summary>
/// <param name="Missing">Requests sent after the change was applied, and before the batch, of which there was no copy.</param>
/// <param name="Answered">Requests of the batch that v1 answered.</param>
/// <param name="Received">Requests that reached v2's applications for it, after the last copy had arrived.</param>
internal sealed record Copies(long Missing, int Answered, long Received);
