using System.Text.Json;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Render;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Tests.Rehearsal.Check;
using GopherMesh.Tests.Rehearsal.Drift;
using GopherMesh.Tests.Rehearsal.Rehearse;
using GopherMesh.Tests.Rehearsal.Watch;
using NJsonSchema;

namespace GopherMesh.Tests.Rehearsal.Cli;

/// <summary>What commands print as JSON is what docs/schemas says, member for member.</summary>
[Collection(LiveTests.Name)]
public sealed class SchemaTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "docs", "schemas");

    // The rehearsal's tests hold its verdicts; here its form alone counts.
    private static readonly string[] Rehearsal = ["rehearse", "--stack", "local", "--set", "canaryVersion=v2", "--set", "canaryWeight=20", "--requests", "200", "--output", "json"];

    [Fact]
    public async Task Check() =>
        await AllAreAsync("check", Lines((await GopherctlRun.Of("check", "--output", "json", "--set", """apiAllowedCidrs=["0.0.0.0/0"]""")).Output), least: 3);

    [Fact]
    public async Task Judge()
    {
        const string Counts = """{"time": %, "weight": 5, "versions": {"stable": {"requests": 95%, "failures": 0}, "canary": {"requests": 5%, "failures": 0}}}""";
        using var input = new StringReader(string.Join('\n', Enumerable.Range(1, 5).Select(second => Counts.Replace("%", $"{second}", StringComparison.Ordinal))));

        await AllAreAsync("judge", Lines((await GopherctlRun.Of(input, ["judge"])).Output), least: 5);
    }

    [Fact]
    public async Task Watch()
    {
        await using var system = await WatchedSystem.OfVersionsAsync(1, 2);

        await AllAreAsync("watch", Lines((await GopherctlRun.Of("watch", system.Url, "--requests", "3", "--rate", "1000")).Output), least: 4);
        await AllAreAsync("watch", Lines((await GopherctlRun.Of("watch", "http://127.0.0.1:1/", "--requests", "1")).Output), least: 2);
    }

    [Fact]
    public async Task Rehearse() => await AllAreAsync("rehearse", [(await GopherctlRun.Of(Rehearsal)).Output], least: 1);

    [Theory]
    [InlineData("dev")]
    [InlineData("local")]
    public async Task Resources_of_a_rendering(string stack) =>
        await AllAreAsync("resources", [RenderedFiles.Of(await Renderings.DeclareAsync(stack))[ResourcesFile.Name]], least: 1);

    [Fact]
    public async Task Drift()
    {
        var run = await DriftTests.RunAsync($"cat <<'END'\n{DriftTests.Digest}\nEND", "drift", "--output", "json");

        await AllAreAsync("drift", [run.Output], least: 1);
    }

    [Fact]
    public async Task Rollout()
    {
        var stage = new RolloutStage(StageKind.Step, new("v1", "v2", 5), new ConfigChange("canaryWeight", "5"));
        var reading = new Reading(TimeSpan.FromSeconds(1), 5, null, null);
        var look = new RolloutJudge(JudgeSettings.Default, []).Look(reading);
        using var output = new StringWriter();
        var view = new JsonView(output);

        view.Show(new StageBegan(default, stage, stage.Changes));
        view.Show(new StageDeployed(default, stage, TimeSpan.FromSeconds(2)));
        view.Show(new Looked(default, stage, reading, look, TimeSpan.FromMinutes(1)));
        view.Show(new Decided(default, stage, Decision.GoBack, "worse"));
        view.Show(new Ended(default, RolloutEnd.AwaitsApproval, "a gate", ["./gopherctl rollout v2"]));

        await AllAreAsync("rollout", Lines(output.ToString()), least: 5);
    }

    [Fact]
    public async Task Every_schema_refuses_a_member_that_it_does_not_know()
    {
        foreach (var file in Directory.EnumerateFiles(Folder))
        {
            Assert.NotEmpty((await JsonSchema.FromFileAsync(file)).Validate("""{"unknown":1}"""));
        }
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task AllAreAsync(string name, string[] documents, int least)
    {
        Assert.True(documents.Length >= least, string.Join('\n', documents));
        var schema = await JsonSchema.FromFileAsync(Path.Combine(Folder, $"{name}.json"));
        foreach (var document in documents)
        {
            _ = JsonDocument.Parse(document);
            Assert.True(schema.Validate(document) is { Count: 0 }, $"{document}\n{string.Join('\n', schema.Validate(document))}");
        }
    }
}
