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
}

/// <summary>A batch at the dark launch, counted at both ends.</summary>
/// <param name="Answered">Requests that v1 answered.</param>
/// <param name="Received">Requests that reached v2's applications, after the last copy had arrived.</param>
internal sealed record Copies(int Answered, long Received);
