using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using GopherMesh.Gopherctl;
using GopherMesh.Gopherctl.Cli;
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

    // What a run of each command with `--output json` prints, and how many documents at least.
    private static readonly Dictionary<string, (Func<Task<string[]>> Run, int Least)> Outputs = new()
    {
        ["check"] = (async () => Lines((await GopherctlRun.Of("check", "--output", "json", "--set", """apiAllowedCidrs=["0.0.0.0/0"]""")).Output), 3),
        ["drift"] = (async () => [(await DriftTests.RunAsync($"cat <<'END'\n{DriftTests.Digest}\nEND", DriftTests.Kubectl(DriftTests.Live, DriftTests.Others), ["drift", "--output", "json"])).Output], 1),
        ["rehearse"] = (async () => [(await GopherctlRun.Of(Rehearsal)).Output], 1),
        ["rollout"] = (RolloutAsync, 7),
    };

    /// <summary>The names of the commands, as they are typed, that offer <c>--output json</c>.</summary>
    public static TheoryData<string> Commands => new(Names);

    private static IEnumerable<string> Names => WithJson(EntryPoint.Root(Terminal.Of(TextWriter.Null, TextWriter.Null)), "").Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_with_json_has_a_schema_and_obeys_it(string command)
    {
        Assert.True(Outputs.TryGetValue(command, out var output), $"no run of '{command} --output json' is held to a schema: add one to this test, and docs/schemas/{command}.json");
        Assert.True(File.Exists(Path.Combine(Folder, $"{command}.json")), $"'{command} --output json' has no schema docs/schemas/{command}.json");

        await AllAreAsync(command, await output.Run(), output.Least);
    }

    [Fact]
    public void The_commands_with_json_are_found() => Assert.Equal(Outputs.Keys.Order(StringComparer.Ordinal), Names);

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

    [Theory]
    [InlineData("dev")]
    [InlineData("local")]
    public async Task Resources_of_a_rendering(string stack) =>
        await AllAreAsync("resources", [RenderedFiles.Of(await Renderings.DeclareAsync(stack))[ResourcesFile.Name]], least: 1);

    [Fact]
    public void A_page_lists_every_schema() => Assert.All(
        Directory.EnumerateFiles(Folder), file => Assert.Contains($"](schemas/{Path.GetFileName(file)})", File.ReadAllText(Path.Combine(Folder, "..", "pipeline.md")), StringComparison.Ordinal));

    [Fact]
    public async Task Every_schema_refuses_a_member_that_it_does_not_know()
    {
        foreach (var file in Directory.EnumerateFiles(Folder))
        {
            Assert.NotEmpty((await JsonSchema.FromFileAsync(file)).Validate("""{"unknown":1}"""));
        }
    }

    private static IEnumerable<string> WithJson(Command command, string name) =>
        command.Subcommands.SelectMany(sub => WithJson(sub, $"{name} {sub.Name}".Trim()))
            .Concat(command.Options.Any(option => option.Name == "--output" && option.GetCompletions(CompletionContext.Empty).Any(word => word.Label == "json")) ? [name] : []);

    private static Task<string[]> RolloutAsync()
    {
        var stage = new RolloutStage(StageKind.Step, new("v1", "v2", 5), new ConfigChange("canaryWeight", "5"));
        var reading = new Reading(TimeSpan.FromSeconds(1), 5, null, null);
        var look = new RolloutJudge(JudgeSettings.Default, []).Look(reading);
        using var output = new StringWriter();
        var view = new JsonView(output);

        view.Show(new StageBegan(default, stage, stage.Changes));
        view.Show(new PodsAwaited(default, stage, new(2, 5), TimeSpan.FromMinutes(5)));
        view.Show(new StageDeployed(default, stage, TimeSpan.FromSeconds(2)));
        view.Show(new Looked(default, stage, reading, look, TimeSpan.FromMinutes(1)));
        view.Show(new Decided(default, stage, Decision.GoBack, "worse"));
        view.Show(new Ended(default, RolloutEnd.AwaitsApproval, "a gate", ["./gopherctl rollout v2"]));
        view.Show(CommandEnded.By(new("locked", "pulumi up", "Wait.", ExitCode.Busy), default));
        StackUpdate update = new(7, "rollout v2: step 5 %", "succeeded", default);
        view.Show(new("v1", null, 0), (update, new("v1", "v2", 5)), [update], default);
        view.Show(new("v1", "v2", 5), last: null, [update], default);
        return Task.FromResult(Lines(output.ToString()));
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
