using System.Diagnostics;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Tests.Rehearsal.Check;

namespace GopherMesh.Tests.Rehearsal.Pipeline;

/// <summary>The files of docs/pipeline, which a reader copies. Run with UPDATE_GOLDEN=1, the policies are written anew.</summary>
public sealed class PipelineTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "docs", "pipeline");

    // What AWS takes for every resource alone (service authorization reference), besides what looks.
    private static readonly string[] WithoutResource = ["ecr:GetAuthorizationToken"];

    [Theory]
    [InlineData("deploy-policy.json", false)]
    [InlineData("preview-policy.json", true)]
    public async Task A_policy_is_that_of_what_the_dev_stack_declares(string file, bool reads)
    {
        var path = Path.Combine(Folder, file);
        var policy = RolePolicy.For(await Renderings.DeclareAsync("dev", "canaryVersion=v2", "observability=true"), "ap-southeast-2", reads);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(path, policy);
        }

        Assert.True(await File.ReadAllTextAsync(path) == policy, $"docs/pipeline/{file} is stale; run this test with UPDATE_GOLDEN=1");
    }

    [Theory]
    [InlineData()]
    [InlineData("canaryVersion=v2", "observability=true")]
    public async Task Every_type_that_the_dev_stack_declares_is_covered(params string[] settings) => Assert.Empty(
        (await Renderings.DeclareAsync("dev", settings)).Resources.Select(resource => resource.Type).Distinct().Where(type => !RolePolicy.NeedsNoGrant(type)).Except(RolePolicy.Covered));

    [Theory]
    [InlineData("deploy-policy.json")]
    [InlineData("preview-policy.json")]
    public void Nothing_is_allowed_by_a_wildcard_that_could_be_narrower(string file)
    {
        foreach (var statement in Statements(file))
        {
            var actions = statement.Texts("Action").ToList();
            Assert.NotEmpty(actions);
            Assert.DoesNotContain(actions, action => action.Contains('*', StringComparison.Ordinal));
            if (statement.Texts("Resource").Contains("*") && statement.At("Condition") is null)
            {
                Assert.All(actions, action => Assert.True(RolePolicy.Reads(action) || WithoutResource.Contains(action), action));
            }
        }
    }

    [Fact]
    public void A_preview_may_change_nothing() => Assert.All(
        Statements("preview-policy.json").SelectMany(statement => statement.Texts("Action")), action => Assert.True(RolePolicy.Reads(action) || action is "kms:Decrypt", action));

    [Theory]
    [InlineData("trust-policy.json")]
    public void A_role_is_assumed_by_one_environment_of_one_repository(string file)
    {
        var statement = Assert.Single(Statements(file));
        var names = (statement.At("Condition.StringEquals") as JsonObject)!;

        Assert.Equal("sts.amazonaws.com", names["token.actions.githubusercontent.com:aud"].AsText());
        Assert.Matches(@"\Arepo:OWNER/REPOSITORY:environment:[a-z-]+\z", names["token.actions.githubusercontent.com:sub"].AsText());
    }

    [Fact]
    public void The_workflow_calls_gopherctl_and_pulumi_with_options_that_they_have()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "workflow.yaml"));

        Assert.All(
            ["check --stack dev --output sarif", "drift --stack dev", "rollout \"$VERSION\" --stack dev", "--approve 10", "pulumi preview --stack dev", "pulumi up --stack dev --yes"],
            line => Assert.Contains(line, text, StringComparison.Ordinal));
    }

    [OtherLinterFact("actionlint")]
    public async Task Actionlint_finds_nothing_in_the_workflow()
    {
        using var process = Process.Start(new ProcessStartInfo("actionlint", ["-no-color", Path.Combine(Folder, "workflow.yaml")]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal((0, ""), (process.ExitCode, output));
    }

    private static IEnumerable<JsonNode> Statements(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file))).Items("Statement");
}

/// <summary>A test that needs a linter of others on PATH; skipped, with the reason, without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OtherLinterFactAttribute : FactAttribute
{
    public OtherLinterFactAttribute(string program) => Skip = new OtherLinterTheoryAttribute(program).Skip;
}
