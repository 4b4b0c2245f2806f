using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

/// <summary>A stage of the article.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Settings">What differs from the local stack's settings.</param>
/// <param name="Shares">The percent of requests that each version answers; a version that is not named answers none.</param>
public sealed record Stage(string Name, string[] Settings, IReadOnlyDictionary<string, int> Shares)
{
    public const string DarkLaunch = "dark launch";

    /// <summary>The article's stages; each but the first changes one setting, and the promotion ends the trial.</summary>
    public static IReadOnlyList<Stage> All { get; } =
    [
        new("v1 only", [], new Dictionary<string, int> { ["v1"] = 100 }),
        new(DarkLaunch, ["canaryVersion=v2"], new Dictionary<string, int> { ["v1"] = 100 }),
        new("50/50", ["canaryVersion=v2", "canaryWeight=50"], new Dictionary<string, int> { ["v1"] = 50, ["v2"] = 50 }),
        new("cutover", ["canaryVersion=v2", "canaryWeight=100"], new Dictionary<string, int> { ["v2"] = 100 }),
        new("rollback", ["canaryVersion=v2", "canaryWeight=0"], new Dictionary<string, int> { ["v1"] = 100 }),
        new("promotion", ["stableVersion=v2"], new Dictionary<string, int> { ["v2"] = 100 }),
    ];

    public bool Answers(string version) => Shares.GetValueOrDefault(version) > 0;

    public override string ToString() => Name;
}

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
