using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Tests.Rehearsal.Rehearse;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Tests.Rehearsal.Watch;

/// <summary>`gopherctl watch` as a process of its own, ended with Ctrl-C as its help says.</summary>
public class WatchProcessTests
{
    [Theory]
    [InlineData(StatusCodes.Status200OK, ExitCode.Success)]
    [InlineData(StatusCodes.Status503ServiceUnavailable, ExitCode.NegativeVerdict)]
    public async Task Ends_with_a_summary_when_it_is_interrupted_and_with_1_if_a_request_failed(int status, int exitCode)
    {
        await using var system = await WatchedSystem.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("an answer\n");
        });
        await using var gopherctl = new GopherctlProcess(RepositoryRoot.Find(), "watch", system.Url, "--rate", "20");
        await gopherctl.LineAsync(line => line.Contains("an answer", StringComparison.Ordinal));

        ProcessTable.Signal(gopherctl.Id, "INT");

        Assert.Equal(exitCode, await gopherctl.ExitAsync());
        var lines = gopherctl.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.All(lines.SkipLast(1), line => Assert.Equal("an answer", (string?)line["text"]));
        var answers = lines.Count - 1;
        Assert.Equal((answers, exitCode == ExitCode.Success ? 0 : answers), ((int)lines[^1]["requests"]!, (int)lines[^1]["failed"]!));
    }
}
