using GopherMesh.Tests.Rehearsal.Rehearse;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GopherMesh.Tests.Page;

/// <summary>The page of a rehearsed rollout, from its first stage to its end.</summary>
[Collection(ChromiumTests.Name)]
public sealed class RolloutPageTests(Chromium chromium) : IDisposable
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

    public void Dispose() => _stack.Dispose();

    private GopherctlProcess Rollout(params string[] options)
    {
        _stack.Write();
        return _stack.Run(["rollout", "v2", "--rehearse", "--stack", "local", .. options]);
    }
}
