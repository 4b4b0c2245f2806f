using System.Diagnostics;
using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

/// <summary>The article's story on the real mesh: each stage one changed setting, under a constant load.</summary>
[Collection(nameof(OneMesh))]
public sealed class Story(StoryRun run) : IClassFixture<StoryRun>
{
    [ClusterFact]
    public void No_request_fails_over_the_whole_story()
    {
        var everything = run.Everything;
        Assert.True(everything.Failed.Count == 0, $"{everything.Failed.Count} of {everything.Count}: {everything.Failures()}");
    }

    /// <summary>
    /// Doubts the load, not the mesh: requests are sent whether or not earlier ones were answered, and what is late is made up for. So
    /// a machine that stands still now and then does not fail this, unless at the end and for a tenth of the whole story.
    /// </summary>
    [ClusterFact]
    public void The_load_was_200_requests_a_second_at_least() => Assert.True(run.Rate >= 200, $"{run.Rate:0} requests/s were sent");

    [ClusterFact]
    public void Once_a_change_has_taken_effect_no_excluded_version_answers() =>
        Assert.All(run.Stages, stage => Assert.DoesNotContain(
            stage.Answers.Answers, answer => answer.Version is { } version && !stage.Stage.Answers(version)));

    [ClusterFact]
    public void The_split_is_the_declared_one() => Assert.All(run.Stages, stage =>
        Assert.All(stage.Stage.Shares, share =>
        {
            var (low, high) = ShareTest.Acceptance(stage.Answers.Count, share.Value / 100.0);
            Assert.InRange(stage.Answers.By(share.Key), low, high);
        }));

    [ClusterFact]
    public void At_the_dark_launch_v2_receives_exactly_as_many_requests_as_v1_answers()
    {
        Report.Line($"dark launch: v1 answered {run.Copies.Answered} requests of a batch, v2 received {run.Copies.Received} copies");
        Assert.NotEqual(0, run.Copies.Answered);
        Assert.Equal(run.Copies.Answered, run.Copies.Received);
    }

    [ClusterTheory]
    [InlineData("cutover")]
    [InlineData("50/50")]
    [InlineData("rollback")]
    public void Between_two_weights_one_object_changes(string stage)
    {
        var change = run.Stages.Single(candidate => candidate.Stage.Name == stage).Change;

        Assert.Equal(["VirtualService gophers/gopher-distributor"], change.Applied.Select(item => item.Identity));
        Assert.Empty(change.Deleted);
    }

    [ClusterFact]
    public void The_promotion_takes_away_all_that_was_v1s()
    {
        var deleted = run.Stages[^1].Change.Deleted;

        Assert.Contains(deleted, item => item is { Kind: "Deployment", Name: "gopher-distributor-v1" });
        Assert.Equal("DestinationRule", deleted[^1].Kind);
        Assert.Contains("deployment.apps/gopher-distributor-v1", run.OfV1.Before);
        Assert.Empty(run.OfV1.After);
    }
}

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

/// <summary>Tells the whole story once, under load; the tests judge what was recorded.</summary>
public sealed class StoryRun(Mesh mesh) : IAsyncLifetime
{
    /// <summary>Requests of each stage after its change took effect: an even split off by 8 points is refused 99 times of 100.</summary>
    private const int RequestsOfAStage = 1_000;

    private readonly List<StageRun> _stages = [];
    private readonly List<Recording> _loads = [];

    /// <summary>The stages in their order.</summary>
    internal IReadOnlyList<StageRun> Stages => _stages;

    /// <summary>Every answer, from the first stage to the last.</summary>
    internal Recording Everything => new([.. _loads.SelectMany(load => load.Answers)]);

    /// <summary>Requests per second as they were sent; the time between two loads, when copies are counted, is left out.</summary>
    internal double Rate => _loads.Sum(load => load.Count) / _loads.Sum(load => load.Sending.TotalSeconds);

    /// <summary>What the dark launch copied.</summary>
    internal Copies Copies { get; private set; } = new(0, 0, 0);

    /// <summary>What the cluster had of v1 before the story and has after it.</summary>
    internal (IReadOnlyList<string> Before, IReadOnlyList<string> After) OfV1 { get; private set; } = ([], []);

    public async Task InitializeAsync()
    {
        if (ClusterSettings.SkipReason is not null)
        {
            return;
        }

        var renderings = await Task.WhenAll(Stage.All.Select(stage => Rendering.OfAsync(stage.Settings)));
        await mesh.ToAsync();
        var before = await ObjectsOfVersion.OfAsync(renderings[0], "v1");
        var load = LoadGenerator.Start(mesh.Gateway);
        foreach (var (stage, rendering) in Stage.All.Zip(renderings))
        {
            _stages.Add(await ShiftAsync(stage, rendering, load));
            if (stage.Name == Stage.DarkLaunch)
            {
                load = await CountCopiesAsync(load);
            }
        }

        await KeepAsync(load);
        OfV1 = (before, await ObjectsOfVersion.OfAsync(renderings[0], "v1"));
        ShiftReport.Write(this);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<StageRun> ShiftAsync(Stage stage, Rendering rendering, LoadGenerator load)
    {
        var change = Change.Between(mesh.Current, rendering);
        FirstArrival? copies = null;
        var routed = await mesh.ApplyAsync(rendering, beforeRoute: async () =>
            copies = stage.Name == Stage.DarkLaunch ? await FirstArrival.WatchAsync(mesh.Namespace, "v2") : null);
        await using var watch = copies;
        await ProxyRoutes.InEffectAsync(mesh);
        var inEffect = Stopwatch.GetTimestamp();
        return new StageRun(stage, change, routed, inEffect)
        {
            Answers = await load.NextAsync(RequestsOfAStage),
            FirstCopy = watch is null ? null : await watch.SeenAsync(),
        };
    }

    // The load pauses while it is counted, so that each copy belongs to a request of the batch.
    private async Task<LoadGenerator> CountCopiesAsync(LoadGenerator load)
    {
        await KeepAsync(load);
        var earlier = await Receivers.SettledCountAsync(mesh.Namespace, "v2");
        var missing = Everything.Since(_stages[^1].Routed).Count - earlier;
        var batch = await LoadGenerator.BatchAsync(mesh.Gateway, RequestsOfAStage);
        var all = await Receivers.SettledCountAsync(mesh.Namespace, "v2", atLeast: earlier + batch.By("v1"));
        Copies = new Copies(missing, batch.By("v1"), all - earlier);
        _loads.Add(batch);
        return LoadGenerator.Start(mesh.Gateway);
    }

    private async Task KeepAsync(LoadGenerator load)
    {
        await using (load)
        {
            _loads.Add(await load.StopAsync());
        }
    }
}

/// <summary>What the cluster has of a version of the distributor.</summary>
internal static class ObjectsOfVersion
{
    /// <summary>Whatever is labelled with the version, of every kind that is declared and of those that a Deployment makes.</summary>
    /// <returns>E.g. <c>deployment.apps/gopher-distributor-v1</c>.</returns>
    public static async Task<IReadOnlyList<string>> OfAsync(Rendering declared, string version)
    {
        var kinds = declared.Objects
            .Where(item => item.Namespace is not null)
            .Select(item => item.Group.Length > 0 ? $"{item.Kind}.{item.Group}" : item.Kind)
            .Append("ReplicaSet.apps")
            .Append("Pod")
            .Distinct();
        var selector = $"app=gopher-distributor,version={version}";
        var names = await Kubectl.RunAsync(
            "get", string.Join(',', kinds), "--all-namespaces", "--selector", selector, "--output", "name");
        return names.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
