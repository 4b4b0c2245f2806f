using System.Diagnostics;
using System.Text.RegularExpressions;
using GopherMesh.Tests.Rehearsal.Rehearse;
using GopherMesh.Tests.Rehearsal.Rollout;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GopherMesh.Tests.Page;

/// <summary>The page of a rehearsed rollout, from its first stage to its end.</summary>
[Collection(ChromiumTests.Name)]
public sealed partial class RolloutPageTests(Chromium chromium) : IDisposable
{
    private const int TakenBack = 1;

    private readonly ServedStack _stack = new();

    [ChromiumFact]
    public async Task A_rollout_with_a_bad_canary_plays_to_its_end_and_stays_visible_after_it()
    {
        await using var gopherctl = Rollout("--rate", "60", "--fault", "errors=5%");
        await using var window = await Window.OpenAsync(chromium, gopherctl);

        await Expect(window.Page.Locator("#stages [aria-current=step]")).ToHaveTextAsync("dark launch");
        await Expect(window.Page.Locator("#verdict")).ToContainTextAsync("taken back: v2 is worse than the stable version: failures");
        await window.IsAsync("the rollout has ended; this is its last state");

        Assert.Equal(TakenBack, await gopherctl.ExitAsync());
        await Expect(window.Page.Locator("#stages .lost")).ToHaveTextAsync("dark launch");
        await Expect(window.Page.Locator("#worse")).ToHaveTextAsync("100 %");
        Assert.Contains("./gopherctl rollout v2 --rehearse", await window.Page.Locator("#next").InnerTextAsync(), StringComparison.Ordinal);
        Assert.True((await window.Page.Locator("#evidence polyline.bad").GetAttributeAsync("points"))!.Split(' ').Length >= 3, "the evidence is no curve");
        var canary = window.Page.Locator("tr[data-version=v2]");
        Assert.True(await Window.NumberAsync(canary, "copies") > 0, "the canary got no copies");
        await Expect(canary.Locator(".failed")).Not.ToHaveCountAsync(0);
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Abort the rollout" })).ToBeDisabledAsync();
    }

    [ChromiumFact]
    public async Task A_rollout_that_is_aborted_on_the_page_takes_the_canary_back()
    {
        await using var gopherctl = Rollout("--rate", "100");
        await using var window = await Window.OpenAsync(chromium, gopherctl);
        await window.ChangeAsync("dark launch in force");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Abort the rollout" }).ClickAsync();

        await Expect(window.Page.Locator("#said")).ToHaveTextAsync("The canary is being taken back.");
        await Expect(window.Page.Locator("#lines")).ToHaveTextAsync("./gopherctl rollout --stack local --abort");
        await Expect(window.Page.Locator("#verdict")).ToContainTextAsync("taken back");
        Assert.Equal(TakenBack, await gopherctl.ExitAsync());
    }

    [ChromiumFact]
    public async Task On_a_cluster_the_page_says_how_old_the_figures_are_and_when_nobody_can_read_the_counters()
    {
        using var stack = new FakeStack();

        // So small a tolerance needs more requests than this test waits for.
        await stack.ConfigureAsync("rolloutTolerance=0.01", "rolloutMisses=1000000");
        using var gopherctl = stack.Start("rollout", "v2", "--page-port", "0");
        try
        {
            await using var window = await Window.OpenAsync(chromium, await PageOfAsync(gopherctl));
            var source = window.Page.Locator("#source");

            await Expect(source).ToHaveTextAsync(AgeOfCounts());
            await Expect(window.Page.Locator("#podrows")).ToContainTextAsync("gopher-requester-1");
            await Window.UntilAsync(window.Page.Locator("tr[data-version=v2]"), "copies", copies => copies > 0);
            stack.Write("proxiesGone", "");
            await Expect(source).ToHaveTextAsync(AgeOfOldFigures());
            await Expect(source).ToHaveClassAsync("failed");
            stack.Delete("proxiesGone");
            await Expect(source).ToHaveTextAsync(AgeOfCounts());
            await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Abort the rollout" })).ToBeEnabledAsync();
            await Expect(window.Page.GetByLabel("canaryWeight")).ToBeHiddenAsync();
            await window.Page.GetByRole(AriaRole.Button, new() { Name = "Abort the rollout" }).ClickAsync();
            await window.IsAsync("the rollout has ended; this is its last state");

            Assert.Equal(TakenBack, (await FakeStack.EndOfAsync(gopherctl)).ExitCode);
            Assert.Equal("v1/v2/0", stack.InForce);
        }
        finally
        {
            gopherctl.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => _stack.Dispose();

    [GeneratedRegex(@"^counted by the callers' proxies, read \d\.\d s ago$")]
    private static partial Regex AgeOfCounts();

    [GeneratedRegex(@"^no counters can be read; these figures are \d+\.\d s old$")]
    private static partial Regex AgeOfOldFigures();

    private static async Task<Uri> PageOfAsync(Process gopherctl)
    {
        const string Introduction = "page at ";
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await gopherctl.StandardError.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith(Introduction, StringComparison.Ordinal))
            {
                return new(line[Introduction.Length..]);
            }
        }

        throw new InvalidOperationException("gopherctl ended without a page");
    }

    private GopherctlProcess Rollout(params string[] options)
    {
        _stack.Write();
        return _stack.Run(["rollout", "v2", "--rehearse", "--stack", "local", .. options]);
    }
}
