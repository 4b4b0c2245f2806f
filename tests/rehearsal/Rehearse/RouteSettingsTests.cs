using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Tests.Instruments;
using GopherMesh.Tests.Rehearsal.Cli;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>A tester reaches a version by a header, whatever the weights, through the gateway and the requester.</summary>
[Collection(LiveTests.Name)]
public sealed partial class PreviewTests : IDisposable
{
    private const string Header = "x-gopher-version";
    private const int Times = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ServedStack _stack = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task The_header_chooses_the_version_and_other_values_fall_through_to_the_weights()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 0", $"previewHeader: {Header}");
        var gateway = await ServedStack.GatewayAsync(gopherctl);

        await AssertAnsweredAsync(gateway, "Gopher Version 2", "v2");
        await AssertAnsweredAsync(gateway, "Gopher Version 1", "v1", "v9", "V2", "");

        _stack.Write("canaryVersion: v2", "canaryWeight: 100", $"previewHeader: {Header}");
        await gopherctl.LineAsync(line => line == "applied: 1 object changed");

        await AssertAnsweredAsync(gateway, "Gopher Version 1", "v1");
        await AssertAnsweredAsync(gateway, "Gopher Version 2", "v2", "v9", "V2", "");
    }

    [Fact]
    public async Task A_previewed_request_is_never_copied_and_one_that_falls_through_is()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", $"previewHeader: {Header}");
        var gateway = await ServedStack.GatewayAsync(gopherctl);
        var metrics = await ServedStack.MetricsAsync(gopherctl);
        var before = await ReceivedByV2Async(metrics);

        for (var i = 0; i < Times; i++)
        {
            await AskAsync(gateway, "v1");
            await AskAsync(gateway, "v2");
        }

        // A copy arrives after its request was answered. Each of these waits for its own, so that one too many has had the time of ten.
        for (var i = 1; i <= Times; i++)
        {
            await AskAsync(gateway, "v9");
            await UntilReceivedAsync(metrics, before + Times + i);
        }

        Assert.Equal(before + Times + Times, await ReceivedByV2Async(metrics));
    }

    public void Dispose()
    {
        _client.Dispose();
        _stack.Dispose();
    }

    [GeneratedRegex(
        """^istio_requests_total\{(?=.*reporter="destination")(?=.*destination_version="v2").*\} ([0-9]+)$""", RegexOptions.Multiline)]
    private static partial Regex OfV2();

    private async Task AssertAnsweredAsync(Uri gateway, string answer, params string[] values)
    {
        foreach (var value in values)
        {
            for (var i = 0; i < Times; i++)
            {
                Assert.Contains(answer, await AskAsync(gateway, value), StringComparison.Ordinal);
            }
        }
    }

    private async Task<string> AskAsync(Uri gateway, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway);
        request.Headers.Add(Header, value);
        using var response = await _client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Requests and copies that v2's proxies report.</summary>
    private async Task<long> ReceivedByV2Async(Uri metrics) => OfV2().Matches(await _client.GetStringAsync(metrics))
        .Sum(series => long.Parse(series.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

    private async Task UntilReceivedAsync(Uri metrics, long count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await ReceivedByV2Async(metrics) < count)
        {
            await Task.Delay(20, patience.Token);
        }
    }
}

/// <summary>Callers with a cookie jar, through gateway and requester: a caller stays with the version that answered first until the weights say otherwise.</summary>
[Collection(LiveTests.Name)]
public sealed class StickyTests : IDisposable
{
    private readonly ServedStack _stack = new();

    [Fact]
    public async Task A_caller_stays_with_the_version_that_answered_first_until_the_canary_goes_back()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 50", "canaryStickyMinutes: 10");
        var gateway = await ServedStack.GatewayAsync(gopherctl);

        // A pair of versions that never both answer one of 40 new callers is one chance of 5 * 10^11.
        var callers = await CallerWithCookies.NewAsync(gateway, 40, times: 5);
        Assert.All(callers, caller => Assert.Single(caller.Met.Distinct()));
        Assert.Equal(["v1", "v2"], callers.Select(caller => caller.Met[0]).Distinct().Order());

        // The canary's callers stay at another weight; the stable version's are drawn again.
        await ToAsync(gopherctl, "canaryVersion: v2", "canaryWeight: 99", "canaryStickyMinutes: 10");
        await CallerWithCookies.AskAsync(callers);
        Assert.All(callers.Where(caller => caller.Met[0] == "v2"), caller => Assert.Equal("v2", caller.Met[^1]));
        Assert.Contains(callers, caller => caller.Met[0] == "v1" && caller.Met[^1] == "v2");

        await ToAsync(gopherctl, "canaryVersion: v2", "canaryWeight: 0", "canaryStickyMinutes: 10");
        await CallerWithCookies.AskAsync(callers);
        Assert.All(callers, caller => Assert.Equal("v1", caller.Met[^1]));
        Assert.All(callers, caller => Assert.Equal(["session=mine"], caller.Cookies));
    }

    [Fact]
    public async Task Cutover_and_promotion_take_everybody_along_and_leave_other_cookies_alone()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 50", "canaryStickyMinutes: 10");
        var gateway = await ServedStack.GatewayAsync(gopherctl);
        var callers = await CallerWithCookies.NewAsync(gateway, 20, times: 5);

        foreach (var settings in new[] { (string[])["canaryVersion: v2", "canaryWeight: 100"], ["stableVersion: v2"] })
        {
            await ToAsync(gopherctl, [.. settings, "canaryStickyMinutes: 10"]);
            await CallerWithCookies.AskAsync(callers);
            Assert.All(callers, caller => Assert.Equal("v2", caller.Met[^1]));
            Assert.All(callers, caller => Assert.Contains("session=mine", caller.Cookies));
        }
    }

    [Fact]
    public async Task The_weights_hold_for_new_callers()
    {
        var run = await GopherctlRun.Of(
            "rehearse", "--requests", "400", "--set", "canaryVersion=v2", "--set", "canaryWeight=20", "--set", "canaryStickyMinutes=10");

        Assert.True(run.ExitCode == ExitCode.Success, run.Output + run.Error);
    }

    public void Dispose() => _stack.Dispose();

    private async Task ToAsync(GopherctlProcess gopherctl, params string[] settings)
    {
        var before = Applied(gopherctl);
        _stack.Write(settings);
        await gopherctl.LineAsync(_ => Applied(gopherctl) > before);
    }

    private static int Applied(GopherctlProcess gopherctl) => gopherctl.Output.Split('\n').Count(line => line.StartsWith("applied: ", StringComparison.Ordinal));
}

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
