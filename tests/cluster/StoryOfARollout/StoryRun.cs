using System.Diagnostics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

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
