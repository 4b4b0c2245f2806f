using System.Text.Json.Nodes;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Rehearse.Verdict;
using Spectre.Console;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>A rehearsal tells a live system that does not do what is declared from one that does.</summary>
[Collection(LiveTests.Name)]
public sealed class VerdictTests
{
    [Fact]
    public async Task A_subset_that_selects_the_other_versions_pods_is_not_as_declared()
    {
        var declaration = await ProgramEvaluator.EvaluateAsync(
            EffectiveConfig.Read(RepositoryRoot.Find(), "local", ["canaryVersion=v2", "canaryWeight=50"]));
        SubsetOf(declaration, "v2")["labels"]!["version"] = "v1";
        await using var rehearsal = await MeshRehearsal.StartAsync(seed: 1, CancellationToken.None);
        (await rehearsal.DeclareAsync(declaration, CancellationToken.None)).OrThrow();

        var result = await rehearsal.VerifyAsync(200, _ => { }, CancellationToken.None);

        Assert.False(result.IsGood);
        Assert.Equal(0, result.Tally.Failed);
        Assert.Contains(result.Findings, finding => finding.StartsWith("v2 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_defect_of_the_data_plane_ends_the_rehearsal_without_a_verdict()
    {
        var declaration = await ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(RepositoryRoot.Find(), "local", []));
        await using var rehearsal = await MeshRehearsal.StartAsync(new DataPlaneOptions { Observer = new BrokenObserver() }, path: null, CancellationToken.None);
        (await rehearsal.DeclareAsync(declaration, CancellationToken.None)).OrThrow();

        var defect = await Assert.ThrowsAsync<InvalidOperationException>(() => rehearsal.VerifyAsync(200, _ => { }, CancellationToken.None));

        Assert.Equal(BrokenObserver.Message, defect.Message);
    }

    [Fact]
    public void The_table_shows_the_control_characters_of_a_name_instead_of_obeying_them()
    {
        const string Name = "v2\u001b[2J";
        var split = new DeclaredSplit("distributor", [new(Name, new Dictionary<string, string>(), 1, 0)]);
        var tally = new Tally(1, new Dictionary<string, int>(), [new("pod-\u0007[bold]", Name, 1, 0)], 1);
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(written) });
        console.Profile.Width = 120;

        console.Write(ResultTable.Of(new(split, tally, [])));

        Assert.Contains("v2\\u001b[2J", written.ToString(), StringComparison.Ordinal);
        Assert.Contains("pod-\\u0007[bold]", written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(written.ToString(), character => character is '\u001b' or '\u0007');
    }

    private static JsonNode SubsetOf(Declaration declaration, string name) => declaration.Resources
        .Select(resource => resource.Inputs)
        .Where(inputs => (string?)inputs["kind"] == "DestinationRule")
        .SelectMany(rule => rule["spec"]!["subsets"] as JsonArray ?? [])
        .Single(subset => (string?)subset!["name"] == name)!;

    private sealed class BrokenObserver : IRequestObserver
    {
        public const string Message = "broken on purpose";

        public void OnRequest(in RequestReport report) => throw new InvalidOperationException(Message);
    }
}
