namespace GopherMesh.Gopherctl.Tour;

/// <summary>A stage of the article: what is set, and what a caller sees.</summary>
/// <param name="Title">The stage in a few words.</param>
/// <param name="Settings">The keys that are set for it, in the order of the `pulumi config set` lines.</param>
internal sealed record TourStage(string Title, params (string Key, string Value)[] Settings)
{
    /// <summary>The article, from the first version alone to the second one alone.</summary>
    public static IReadOnlyList<TourStage> All { get; } =
    [
        new("v1 only", ("stableVersion", "v1"), ("canaryVersion", ""), ("canaryWeight", "0")),
        new("Dark launch: v1 answers, v2 gets a copy of every request", ("canaryVersion", "v2")),
        new("Half of the requests to v2", ("canaryWeight", "50")),
        new("Cutover: all requests to v2", ("canaryWeight", "100")),
        new("Rollback: v1 answers again, v2 gets copies", ("canaryWeight", "0")),
        new("Promotion: v2 is the stable version, v1 goes", ("stableVersion", "v2"), ("canaryVersion", "")),
    ];

    /// <summary>The keys that any stage sets.</summary>
    public static IReadOnlySet<string> Keys { get; } = All.SelectMany(stage => stage.Settings).Select(setting => setting.Key).ToHashSet();

    /// <summary>The lines that a person would type.</summary>
    public IEnumerable<string> Commands => Settings.Select(setting => $"$ pulumi config set {setting.Key} {(setting.Value.Length > 0 ? setting.Value : "''")}");
}
