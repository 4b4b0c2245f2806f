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
