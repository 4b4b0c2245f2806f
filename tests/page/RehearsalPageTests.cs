using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Rehearsal.Rehearse;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GopherMesh.Tests.Page;

/// <summary>The page of <c>rehearse --serve</c>, looked at and moved in a real browser.</summary>
[Collection(ChromiumTests.Name)]
public sealed partial class RehearsalPageTests(Chromium chromium) : IDisposable
{
    private readonly ServedStack _stack = new();

    [ChromiumFact]
    public async Task After_the_slider_has_moved_the_split_that_one_sees_is_the_declared_one()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 10");
        await using var window = await Window.OpenQuietAsync(chromium, gopherctl);
        await window.SendAsync(200);

        await window.SlideAsync(40);

        await Window.UntilAsync(window.Bar("v2"), "declared", declared => declared == 40);
        await Window.UntilAsync(window.Bar("v2"), "routed", routed => routed >= 600);
        var shown = await window.Bar("v2").EvaluateAsync<double[]>("bar => ['low', 'observed', 'high'].map(name => +bar.dataset[name])");
        Assert.InRange(shown[1], shown[0], shown[2]);
        Assert.InRange(shown[1], 30, 50);
        Assert.Equal(100, await window.Page.EvaluateAsync<double>("() => [...document.querySelectorAll('.bar')].reduce((sum, bar) => sum + +bar.dataset.observed, 0)"), 6);
        await Expect(window.Page.Locator("#lines")).ToContainTextAsync("pulumi config set canaryWeight 40 --stack local");

        var answers = await AskAsync(await ServedStack.GatewayAsync(gopherctl), 500);
        var (fewest, most) = ShareTest.Acceptance(answers.Count, 0.4);
        Assert.InRange(answers.Count(answer => answer.Contains("Gopher Version 2", StringComparison.Ordinal)), fewest, most);
    }

    [ChromiumFact]
    public async Task A_failing_version_turns_red_and_its_numbers_agree_with_the_tally_of_watch()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 50");
        await using var window = await Window.OpenQuietAsync(chromium, gopherctl);
        await window.Page.GetByLabel("Version with the fault").SelectOptionAsync("v2");
        await window.Page.GetByLabel("Fault", new() { Exact = true }).SelectOptionAsync("errors=100%");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await window.ChangeAsync("v2 has the fault errors=100%");

        await using var watch = _stack.Run("watch", (await ServedStack.GatewayAsync(gopherctl)).ToString(), "--requests", "200", "--rate", "40");
        await Expect(window.Box("v2")).ToHaveClassAsync(FailingClass());
        Assert.Equal(
            await window.Page.EvaluateAsync<string>("() => { const probe = document.createElement('i'); probe.style.color = 'var(--bad)'; document.body.append(probe); return getComputedStyle(probe).color; }"),
            await window.Box("v2").EvaluateAsync<string>("box => getComputedStyle(box).stroke"));
        await Expect(window.Box("v1")).Not.ToHaveClassAsync(FailingClass());
        await watch.ExitAsync();

        var tally = JsonDocument.Parse(watch.Output.Split('\n').Last(line => line.StartsWith("{\"requests\"", StringComparison.Ordinal))).RootElement;
        var answeredByV1 = tally.GetProperty("pods").EnumerateArray().Where(pod => pod.GetProperty("version").GetString() == "v1").Sum(pod => pod.GetProperty("requests").GetInt32());
        var callers = window.Page.Locator("#caller");
        await Window.UntilAsync(callers, "requests", requests => requests >= 200);
        Assert.Equal(tally.GetProperty("requests").GetInt32(), await Window.NumberAsync(callers, "requests"));
        Assert.Equal(tally.GetProperty("failed").GetInt32(), await Window.NumberAsync(callers, "failed"));
        Assert.True(tally.GetProperty("failed").GetInt32() > 0, "v2 failed, and nobody saw it");
        var (v1, v2) = (window.Page.Locator("tr[data-version=v1]"), window.Page.Locator("tr[data-version=v2]"));
        Assert.Equal(answeredByV1, await Window.NumberAsync(v1, "requests") - await Window.NumberAsync(v1, "failures"));
        Assert.Equal(await Window.NumberAsync(v2, "requests"), await Window.NumberAsync(v2, "failures"));
    }

    [ChromiumFact]
    public async Task Two_windows_show_the_same_and_what_one_changes_the_other_shows()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 10");
        await using var one = await Window.OpenQuietAsync(chromium, gopherctl);
        await using var other = await Window.OpenQuietAsync(chromium, gopherctl);

        await Task.WhenAll(one.SlideAsync(30), other.Page.GetByRole(AriaRole.Button, new() { Name = "Set the header" }).ClickAsync());
        foreach (var window in new[] { one, other })
        {
            await Expect(window.Page.Locator("#settings tr", new() { HasText = "canaryWeight" }).Locator("td").Last).ToHaveTextAsync("30");
            await Expect(window.Page.Locator("#settings tr", new() { HasText = "previewHeader" }).Locator("td").Last).ToHaveTextAsync("x-gopher-version");
            await Expect(window.Page.GetByLabel("canaryWeight")).ToHaveValueAsync("30");
        }

        await AskAsync(await ServedStack.GatewayAsync(gopherctl), 100);
        await Window.UntilAsync(one.Page.Locator("#caller"), "requests", requests => requests == 100);
        await Window.UntilAsync(other.Page.Locator("#caller"), "requests", requests => requests == 100);

        await other.Page.GetByRole(AriaRole.Button, new() { Name = "As the stack file says" }).ClickAsync();
        await Expect(one.Page.GetByLabel("canaryWeight")).ToHaveValueAsync("10");
        await Expect(other.Page.Locator("#lines")).ToContainTextAsync("pulumi config set canaryWeight 10 --stack local");
    }

    [ChromiumFact]
    public async Task Every_control_does_what_it_says_and_undo_takes_one_change_back_after_the_other()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 10");
        await using var window = await Window.OpenQuietAsync(chromium, gopherctl);
        async Task ClickAsync(string name) => await window.Page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
        async Task SetFaultAsync(string fault)
        {
            await window.Page.GetByLabel("Fault", new() { Exact = true }).SelectOptionAsync(fault);
            await window.Page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        }

        await ClickAsync("Dark launch");
        await Expect(window.Box("v2")).ToBeVisibleAsync();
        await Expect(window.Bar("v2")).ToContainTextAsync("copies of 100 %");
        await SetFaultAsync("errors=5%");
        await Expect(window.Page.Locator("#lines")).ToHaveTextAsync("A deployed stack refuses faults while it has a canary.");
        await SetFaultAsync("");
        await ClickAsync("Set the header");
        await ClickAsync("Send x-gopher-version: v2");
        await Expect(window.Page.Locator("#said")).ToContainTextAsync("x-gopher-version: v2 → 200 Request >> Gopher Version 2");

        await ClickAsync("Promote");
        await Expect(window.Box("v1")).ToHaveCountAsync(0);
        await Expect(window.Bar("v2")).ToContainTextAsync("100 % declared");
        await Expect(window.Page.Locator("#lines")).ToContainTextAsync("pulumi config set stableVersion v2 --stack local");
        await SetFaultAsync("errors=5%");
        await Expect(window.Page.Locator("#lines")).ToHaveTextAsync(
            "pulumi config set faultVersion v2 --stack local\npulumi config set faultAbortPercent 5 --stack local\npulumi config set faultDelayMs 0 --stack local\npulumi config set faultLive true --stack local\npulumi up --stack local");
        await window.ChangeAsync("v2 has the fault errors=5%");
        await SetFaultAsync("hang");
        await Expect(window.Page.Locator("#lines")).ToHaveTextAsync("A deployed stack has no such fault.");
        await SetFaultAsync("");
        await Expect(window.Page.Locator("#lines")).ToContainTextAsync("pulumi config set faultAbortPercent 0 --stack local");

        await ClickAsync("Undo");
        await Expect(window.Box("v1")).ToBeVisibleAsync();
        await ClickAsync("Undo");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Set the header" })).ToBeVisibleAsync();
        await ClickAsync("Undo");
        await Expect(window.Page.GetByLabel("canaryWeight")).ToHaveValueAsync("10");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" })).ToBeDisabledAsync();

        await window.SlideAsync(60);
        await Window.UntilAsync(window.Bar("v2"), "declared", declared => declared == 60);
        await ClickAsync("Roll back");
        await Window.UntilAsync(window.Bar("v2"), "declared", declared => declared == 0);
    }

    [ChromiumFact]
    public async Task While_a_promotion_is_applied_no_share_is_called_wrong_though_its_routes_are_in_force_already()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 10");
        await using var window = await Window.OpenQuietAsync(chromium, gopherctl);
        await window.SendAsync(200);
        await Window.UntilAsync(window.Bar("v2"), "routed", routed => routed >= 100);
        await window.Page.EvaluateAsync(
            "() => { window.said = []; new MutationObserver(() => window.said.push(document.querySelector('#shares').innerText)).observe(document.querySelector('#bars'), { childList: true }); }");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Promote" }).ClickAsync();
        await Expect(window.Box("v1")).ToHaveCountAsync(0);
        await Window.UntilAsync(window.Bar("v2"), "routed", routed => routed >= 100);

        var said = await window.Page.EvaluateAsync<string[]>("() => window.said");
        Assert.Contains(said, words => words.Contains("a change is being applied", StringComparison.Ordinal));
        Assert.DoesNotContain(said, words => words.Contains("not as declared", StringComparison.Ordinal));
    }

    [ChromiumFact]
    public async Task A_page_whose_server_is_killed_says_so_and_shows_the_next_run_at_the_same_port()
    {
        var port = FreePort();
        string[] serve = ["rehearse", "--stack", "local", "--requests", "20", "--serve", "--page-port", $"{port}"];
        _stack.Write();
        var first = _stack.Run(serve);
        await using var window = await Window.OpenQuietAsync(chromium, first);
        var before = await window.Page.Locator("#podrows").InnerTextAsync();

        ProcessTable.Signal(first.Id, "KILL");
        await first.ExitAsync();
        await window.IsAsync("not live");
        await first.DisposeAsync();
        await using var second = _stack.Run(serve);

        await window.IsAsync("live");
        await Expect(window.Page.Locator("#live")).Not.ToContainTextAsync("not");
        await ServedStack.GatewayAsync(second);
        Assert.NotEqual(before, await window.Page.Locator("#podrows").InnerTextAsync());
        await window.SendAsync(50);
        await Expect(window.Page.Locator("#said")).ToContainTextAsync("needs the token of the printed address");
    }

    [ChromiumFact]
    public async Task When_the_rehearsal_ends_the_page_keeps_its_last_state_and_says_so()
    {
        await using var gopherctl = _stack.Serve();
        await using var window = await Window.OpenQuietAsync(chromium, gopherctl);
        await AskAsync(await ServedStack.GatewayAsync(gopherctl), 50);

        ProcessTable.Signal(gopherctl.Id, "INT");

        await window.IsAsync("the rehearsal has ended; this is its last state");
        Assert.Equal(50, await Window.UntilAsync(window.Page.Locator("#caller"), "requests", requests => requests == 50));
        await Expect(window.Page.GetByLabel("Traffic")).ToBeDisabledAsync();
        await gopherctl.ExitAsync();
    }

    public void Dispose() => _stack.Dispose();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<IReadOnlyList<string>> AskAsync(Uri gateway, int requests)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        List<string> answers = [];
        for (var sent = 0; sent < requests; sent++)
        {
            answers.Add(await client.GetStringAsync(gateway));
        }

        return answers;
    }

    [GeneratedRegex(@"\bfailing\b")]
    private static partial Regex FailingClass();
}
