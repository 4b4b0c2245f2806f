using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Tests.Rehearsal.Cli;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>The committed stacks, live, with fewer requests than by default: the exact tests hold at any number.</summary>
[Collection(LiveTests.Name)]
public sealed class RehearsalTests
{
    [Theory]
    [InlineData("dev")]
    [InlineData("local")]
    public async Task A_committed_stack_is_rehearsed_as_declared(string stack)
    {
        var result = await RehearseAsync(ExitCode.Success, "--stack", stack, "--requests", "200");

        Assert.Equal((stack, 200, 0, true), ((string?)result["stack"], (int)result["requests"]!, (int)result["failed"]!, (bool)result["verdict"]!["good"]!));
        Assert.Equal(200, (int)result["observed"]!["v1"]!["answered"]!);
        Assert.Equal(["sdk", "stack", "requests", "failed", "declared", "observed", "pods", "mirrored", "verdict"], result.Select(member => member.Key));
    }

    [Fact]
    public async Task A_split_and_its_pods_are_observed()
    {
        var result = await RehearseAsync(ExitCode.Success, "--requests", "400", "--set", "canaryVersion=v2", "--set", "canaryWeight=50", "--seed", "7");

        Assert.Equal((50, 50), ((int)result["declared"]!["v1"]!["percent"]!, (int)result["declared"]!["v2"]!["percent"]!));
        Assert.Equal(400, result["pods"]!.AsArray().Sum(pod => (int)pod!["answered"]!));
        Assert.Equal(6, result["pods"]!.AsArray().Count(pod => (int)pod!["answered"]! > 0));
        Assert.Equal((0, 0), ((int)result["mirrored"]!["v1"]!, (int)result["mirrored"]!["v2"]!));
    }

    [Fact]
    public async Task At_a_dark_launch_every_request_is_copied()
    {
        var result = await RehearseAsync(ExitCode.Success, "--requests", "300", "--set", "canaryVersion=v2");

        Assert.Equal((300, 300), ((int)result["observed"]!["v1"]!["answered"]!, (int)result["mirrored"]!["v2"]!));
    }

    [Fact]
    public async Task Behind_TLS_the_port_that_serves_is_asked_not_the_one_that_redirects()
    {
        var result = await RehearseAsync(
            ExitCode.Success, "--requests", "100", "--set", "tlsCertificateArn=arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012",
            "--set", """gatewayHosts=["gophers.example.com"]""");

        Assert.Equal((100, 0), ((int)result["observed"]!["v1"]!["answered"]!, (int)result["failed"]!));
    }

    [Fact]
    public async Task A_version_that_does_not_start_is_told_with_its_own_words()
    {
        var run = await GopherctlRun.Of(
            "rehearse", "--stack", "local", "--set", "versions={vx: gopher-distributor:dev}", "--set", "stableVersion=vx");

        Assert.Equal(ExitCode.NegativeVerdict, run.ExitCode);
        Assert.Contains("ended with exit code 2", run.Error, StringComparison.Ordinal);
        Assert.Contains("VERSION", run.Error, StringComparison.Ordinal);
        Assert.Contains("where: Deployment gophers/gopher-distributor-vx", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Autoscalers_are_named_as_not_rehearsed()
    {
        var run = await GopherctlRun.Of("rehearse", "--requests", "20", "--stack", "local", "--set", "requesterReplicas=1", "--set", "requesterMaxReplicas=4");
        var explained = await GopherctlRun.Of("rehearse", "--explain", "--stack", "local", "--set", "requesterMaxReplicas=4");

        Assert.True(run.ExitCode == ExitCode.Success, run.Output + run.Error);
        Assert.Contains("note: autoscalers are declared, and not rehearsed: each Deployment keeps the replicas", run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("HorizontalPodAutoscaler gophers/gopher-requester: each Deployment keeps the replicas", explained.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tour_goes_through_every_stage_as_declared()
    {
        var run = await GopherctlRun.Of("tour", "--requests", "200");

        Assert.True(run.ExitCode == ExitCode.Success, run.Output + run.Error);
        Assert.Contains("6 of 6 stages as declared", run.Output, StringComparison.Ordinal);
        Assert.Contains("$ pulumi config set canaryWeight 50\n~ VirtualService gophers/gopher-distributor\n\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(6, run.Output.Split("as declared: 200 requests, none failed").Length - 1);
    }

    private static async Task<JsonObject> RehearseAsync(int exitCode, params string[] arguments)
    {
        var run = await GopherctlRun.Of(["rehearse", "--output", "json", .. arguments]);
        Assert.True(run.ExitCode == exitCode, run.Output + run.Error);
        return JsonNode.Parse(run.Output)!.AsObject();
    }
}

/// <summary>
/// Tests that start many processes, evaluate the program (its config is the process's environment), or measure the whole process: they run one
/// after another, and nothing runs beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LiveTests
{
    public const string Name = "live";
}
