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

    /// <summary>The stages in their order.</summary>
    internal IReadOnlyList<StageRun> Stages => _stages;

    /// <summary>Every answer, from the first stage to the last.</summary>
    internal Recording Everything { get; private set; } = new([]);

    /// <summary>What the dark launch copied.</summary>
    internal Copies Copies { get; private set; } = new(0, 0);

    public async Task InitializeAsync()
    {
        if (ClusterSettings.SkipReason is not null)
            return;
        var renderings = await Task.WhenAll(Stage.All.Select(stage => Rendering.OfAsync(stage.Settings)));
        await mesh.ToAsync();
        var load = LoadGenerator.Start(mesh.Gateway);
        foreach (var (stage, rendering) in Stage.All.Zip(renderings))
        {
            _stages.Add(await ShiftAsync(stage, rendering, load));
            if (stage.Name == Stage.DarkLaunch)
                load = await CountCopiesAsync(load);
        }
        await KeepAsync(load);
        ShiftReport.Write(Stages, Everything);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<StageRun> ShiftAsync(Stage stage, Rendering rendering, LoadGenerator load)
    {
        var change = Change.Between(mesh.Current, rendering);
        var routed = await mesh.ApplyAsync(rendering);
        await ProxyRoutes.InEffectAsync(mesh);
        var inEffect = Stopwatch.GetTimestamp();
        return new StageRun(stage, change, routed, inEffect) { Answers = await load.NextAsync(RequestsOfAStage) };
    }

    // The load pauses while it is counted, so that each copy belongs to a request of the batch.
    private async Task<LoadGenerator> CountCopiesAsync(LoadGenerator load)
    {
        await KeepAsync(load);
        var before = await Receivers.SettledCountAsync(mesh.Namespace, "v2");
        var batch = await LoadGenerator.BatchAsync(mesh.Gateway, RequestsOfAStage);
        Copies = new Copies(batch.By("v1"), await Receivers.SettledCountAsync(mesh.Namespace, "v2") - before);
        Everything = Everything.And(batch);
        return LoadGenerator.Start(mesh.Gateway);
    }

    private async Task KeepAsync(LoadGenerator load)
    {
        await using (load)
            Everything = Everything.And(await load.StopAsync());
    }
}
