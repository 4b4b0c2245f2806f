using GopherMesh.DataPlane;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Rehearse.Faults;

namespace GopherMesh.Benchmarks;

/// <summary>A rehearsal in a process of its own, with the page of <c>rehearse --serve</c> or without a trace of one.</summary>
internal static class RehearsedChild
{
    private static readonly string[] Settings = ["canaryVersion=v2", "canaryWeight=20"];
    private static readonly Dictionary<string, string> Unchanged = [];

    /// <summary>Starts this program anew as a rehearsal.</summary>
    /// <param name="hasPage">Whether it has a page.</param>
    public static Task<(Child Child, Uri Address)> StartAsync(bool hasPage) => Child.StartAsync("Benchmarks", "Benchmarks.dll", [], "rehearsal", hasPage ? "page" : "bare");

    /// <summary>Serves until it is killed.</summary>
    /// <param name="hasPage">Whether it has a page.</param>
    public static async Task RunAsync(bool hasPage)
    {
        var figures = new LiveFigures(TimeProvider.System);
        await using var faults = new FaultyPods();
        await using var rehearsal = hasPage
            ? await MeshRehearsal.StartAsync(new DataPlaneOptions { Observer = figures }, faults, CancellationToken.None)
            : await MeshRehearsal.StartAsync(seed: null, CancellationToken.None);
        (await rehearsal.DeclareAsync(await DeclareAsync(Unchanged), CancellationToken.None)).OrThrow();
        await using var shown = hasPage ? new RehearsedPage(rehearsal, figures, faults, () => Config(Unchanged), DeclareAsync) : null;
        await using var page = shown is null ? null : await PageServer.StartAsync(0, shown, figures, CancellationToken.None);
        Console.WriteLine($"page at {page?.Address}");
        Console.WriteLine($"serving at {rehearsal.Gateway}");
        await rehearsal.Defect;
    }

    private static EffectiveConfig Config(IReadOnlyDictionary<string, string> over) =>
        EffectiveConfig.Read(RepositoryRoot.Find(), "local", [.. Settings, .. over.Select(setting => $"{setting.Key}={setting.Value}")]);

    private static Task<Declaration> DeclareAsync(IReadOnlyDictionary<string, string> over) => ProgramEvaluator.EvaluateAsync(Config(over));
}
