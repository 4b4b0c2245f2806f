using System.Net;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Tests.Rehearsal.Cli;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>Callers with a cookie jar, through gateway and requester: who met a version stays with it until the weights say otherwise.</summary>
[Collection(LiveTests.Name)]
public sealed class StickyTests : IDisposable
{
    private const string V1 = "Gopher Version 1";
    private const string V2 = "Gopher Version 2";

    private readonly ServedStack _stack = new();

    [Fact]
    public async Task A_caller_stays_with_the_version_that_answered_first_until_the_canary_goes_back()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 50", "canaryStickyMinutes: 10");
        var gateway = await ServedStack.GatewayAsync(gopherctl);

        // A pair of versions that never both answer one of 40 new callers is one chance of 5 * 10^11.
        var callers = await NewCallersAsync(gateway, 40);
        Assert.All(callers, caller => Assert.Single(caller.Met.Distinct()));
        Assert.Equal([V1, V2], callers.Select(caller => caller.Met[0]).Distinct().Order());

        // The canary's callers stay at another weight; the stable version's are drawn again.
        await ToAsync(gopherctl, "canaryVersion: v2", "canaryWeight: 99", "canaryStickyMinutes: 10");
        await AskAsync(gateway, callers);
        Assert.All(callers.Where(caller => caller.Met[0] == V2), caller => Assert.Equal(V2, caller.Met[^1]));
        Assert.Contains(callers, caller => caller.Met[0] == V1 && caller.Met[^1] == V2);

        await ToAsync(gopherctl, "canaryVersion: v2", "canaryWeight: 0", "canaryStickyMinutes: 10");
        await AskAsync(gateway, callers);
        Assert.All(callers, caller => Assert.Equal(V1, caller.Met[^1]));
        Assert.All(callers, caller => Assert.Equal(["session=mine"], caller.Cookies(gateway)));
    }

    [Fact]
    public async Task Cutover_and_promotion_take_everybody_along_and_leave_other_cookies_alone()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 50", "canaryStickyMinutes: 10");
        var gateway = await ServedStack.GatewayAsync(gopherctl);
        var callers = await NewCallersAsync(gateway, 20);

        foreach (var settings in new[] { (string[])["canaryVersion: v2", "canaryWeight: 100"], ["stableVersion: v2"] })
        {
            await ToAsync(gopherctl, [.. settings, "canaryStickyMinutes: 10"]);
            await AskAsync(gateway, callers);
            Assert.All(callers, caller => Assert.Equal(V2, caller.Met[^1]));
            Assert.All(callers, caller => Assert.Contains("session=mine", caller.Cookies(gateway)));
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

    private static async Task<IReadOnlyList<JarCaller>> NewCallersAsync(Uri gateway, int count)
    {
        List<JarCaller> callers = [.. Enumerable.Range(0, count).Select(_ => new JarCaller(gateway))];
        for (var times = 0; times < 5; times++)
        {
            await AskAsync(gateway, callers);
        }

        return callers;
    }

    private static async Task AskAsync(Uri gateway, IReadOnlyList<JarCaller> callers)
    {
        foreach (var caller in callers)
        {
            await caller.AskAsync(gateway);
        }
    }

    private async Task ToAsync(GopherctlProcess gopherctl, params string[] settings)
    {
        var before = Applied(gopherctl);
        _stack.Write(settings);
        await gopherctl.LineAsync(_ => Applied(gopherctl) > before);
    }

    private static int Applied(GopherctlProcess gopherctl) => gopherctl.Output.Split('\n').Count(line => line.StartsWith("applied: ", StringComparison.Ordinal));

    /// <summary>A browser, as far as cookies go.</summary>
    private sealed class JarCaller
    {
        private readonly CookieContainer _jar = new();

        public JarCaller(Uri gateway) => _jar.Add(gateway, new Cookie("session", "mine"));

        /// <summary>The versions that answered.</summary>
        public List<string> Met { get; } = [];

        public IEnumerable<string> Cookies(Uri gateway) => _jar.GetCookies(gateway).Select(cookie => cookie.ToString());

        public async Task AskAsync(Uri gateway)
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, CookieContainer = _jar });
            var answer = await client.GetStringAsync(gateway);
            Met.Add(answer.Contains(V2, StringComparison.Ordinal) ? V2 : answer.Contains(V1, StringComparison.Ordinal) ? V1 : answer);
        }
    }
}
