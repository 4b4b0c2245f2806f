using System.Diagnostics;
using System.Net;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Tests.Rehearsal.Cli;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>Faults on purpose in a rehearsal: callers see what they would see on a cluster.</summary>
[Collection(LiveTests.Name)]
public sealed class FaultTests : IDisposable
{
    private const string Header = "x-gopher-version";
    private const int Times = 20;

    private readonly ServedStack _stack = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task Only_a_request_that_chose_the_version_is_late_and_fails()
    {
        await using var gopherctl = _stack.Serve($"previewHeader: {Header}", "faultVersion: v1", "faultAbortPercent: 100", "faultDelayMs: 300");
        var gateway = await ServedStack.GatewayAsync(gopherctl);

        for (var i = 0; i < Times; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(gateway, chosen: null)).Status);
            var (status, text, took) = await AskAsync(gateway, "v1");
            Assert.Equal((HttpStatusCode.BadGateway, "gopher-distributor answered 503\n"), (status, text));

            // A timer may be early by its resolution.
            Assert.True(took >= TimeSpan.FromMilliseconds(280), $"{took}");
        }
    }

    [Fact]
    public async Task Live_faults_fail_the_declared_share_and_the_verdict_expects_it()
    {
        var run = await GopherctlRun.Of("rehearse", "--requests", "300", "--set", "faultVersion=v1", "--set", "faultLive=true", "--set", "faultAbortPercent=50");

        Assert.True(run.ExitCode == ExitCode.Success, run.Output + run.Error);
        Assert.Matches("as declared: 300 requests, [0-9]+ failed on purpose", run.Output);
    }

    [Fact]
    public void A_rollout_does_not_begin_beside_faults()
    {
        var refused = Assert.Throws<UserException>(() => RolloutOptions.Settings("local", ["faultVersion=v1", "faultLive=true", "faultAbortPercent=50"]));

        Assert.Equal("Pulumi.local.yaml, faultVersion", refused.Where);
    }

    public void Dispose()
    {
        _client.Dispose();
        _stack.Dispose();
    }

    private async Task<(HttpStatusCode Status, string Text, TimeSpan Took)> AskAsync(Uri gateway, string? chosen)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway);
        if (chosen is not null)
        {
            request.Headers.Add(Header, chosen);
        }

        var begun = Stopwatch.GetTimestamp();
        using var response = await _client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), Stopwatch.GetElapsedTime(begun));
    }
}
