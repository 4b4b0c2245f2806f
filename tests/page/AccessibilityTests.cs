using System.Globalization;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Tests.Rehearsal.Rehearse;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GopherMesh.Tests.Page;

/// <summary>A rehearsal with a canary at 10 %, for all tests of a class.</summary>
public sealed class ServedRehearsal : IAsyncLifetime, IDisposable
{
    private readonly ServedStack _stack = new();
    private GopherctlProcess? _gopherctl;

    internal GopherctlProcess Gopherctl => _gopherctl ?? throw new InvalidOperationException("nothing is served without a browser");

    public Task InitializeAsync()
    {
        _gopherctl = Chromium.SkipReason is null ? _stack.Serve("canaryVersion: v2", "canaryWeight: 10", "previewHeader: x-gopher-version") : null;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (_gopherctl is not null)
        {
            await _gopherctl.DisposeAsync();
        }
    }

    public void Dispose() => _stack.Dispose();
}

/// <summary>The page for people who do not see it, do not use a mouse, do not want motion, or have a small screen.</summary>
[Collection(ChromiumTests.Name)]
public sealed class AccessibilityTests(Chromium chromium, ServedRehearsal rehearsal) : IClassFixture<ServedRehearsal>
{
    private static readonly string Axe = Path.Combine(RepositoryRoot.Find(), "tests", "page", "axe", "node_modules", "axe-core", "axe.min.js");
    private static readonly ColorScheme[] Schemes = [ColorScheme.Light, ColorScheme.Dark];

    /// <summary>Why tests by axe are skipped; null where it is there.</summary>
    public static string? SkipReason { get; } = Chromium.SkipReason ?? (File.Exists(Axe) ? null : "npm ci was not run in tests/page/axe");

    [AxeFact]
    public async Task Axe_finds_no_serious_fault_in_a_rehearsal()
    {
        await using var window = await OpenAsync();
        await window.SlideAsync(30);
        await SomeRequestsAsync(window);

        Assert.Empty(await FaultsAsync(window));
    }

    [AxeFact]
    public async Task Axe_finds_no_serious_fault_in_a_rollout_that_has_ended_badly()
    {
        using var stack = new ServedStack();
        stack.Write();
        await using var gopherctl = stack.Run("rollout", "v2", "--rehearse", "--stack", "local", "--rate", "100", "--fault", "errors=50%");
        await using var window = await Window.OpenAsync(chromium, gopherctl);
        await window.IsAsync("the rollout has ended");

        Assert.Empty(await FaultsAsync(window));
    }

    [ChromiumFact]
    public async Task The_keyboard_reaches_every_control_in_the_order_of_the_page_shows_where_it_is_and_moves_the_weight()
    {
        await using var window = await OpenAsync();
        var controls = await window.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#hand :is(button, input, select):enabled')].filter(control => control.offsetParent).map(control => control.id)");

        List<string> reached = [];
        for (var tab = 0; tab < controls.Length + 10; tab++)
        {
            await window.Page.Keyboard.PressAsync("Tab");
            var focused = await window.Page.EvaluateAsync<string[]>(
                "() => { const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect(); return [at.id, style.outlineStyle, String(box.top >= 0 && box.bottom <= innerHeight)]; }");
            reached.Add(focused[0]);
            if (controls.Contains(focused[0]))
            {
                Assert.Equal([focused[0], "solid", "true"], focused);
            }
        }

        Assert.Contains("weight", controls);
        Assert.Equal(controls, reached.Where(controls.Contains).Take(controls.Length));
        await window.Page.Locator("#weight").FocusAsync();
        var before = int.Parse(await window.Page.Locator("#weight").InputValueAsync(), CultureInfo.InvariantCulture);
        for (var press = 0; press < 5; press++)
        {
            await window.Page.Keyboard.PressAsync("ArrowRight");
        }

        await Window.UntilAsync(window.Bar("v2"), "declared", declared => declared == before + 5);
    }

    [ChromiumFact]
    public async Task Dots_move_only_for_people_who_have_not_asked_for_less_motion_and_the_table_tells_all()
    {
        await using var still = await OpenAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await using var moving = await OpenAsync(new() { ReducedMotion = ReducedMotion.NoPreference });
        await moving.SendAsync(50);

        await moving.DotsAsync();
        foreach (var window in new[] { still, moving })
        {
            await Expect(window.Page.Locator("#ways tr", new() { HasText = "v2" }).First).ToBeAttachedAsync();
        }

        Assert.False(await still.HasDotsAsync(), "dots move in spite of prefers-reduced-motion");
    }

    [ChromiumFact]
    public async Task On_a_screen_of_360_pixels_nothing_is_cut_off()
    {
        await using var window = await OpenAsync(new() { ViewportSize = new() { Width = 360, Height = 740 } });
        await SomeRequestsAsync(window);

        Assert.Equal(360, await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        Assert.Empty(await window.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('button, select, input, .bar, figure, #graph rect')].filter(part => { const box = part.getBoundingClientRect(); return box.width && (box.left < 0 || box.right > 360); }).map(part => part.outerHTML)"));
        Assert.True(await window.Page.EvaluateAsync<bool>("() => document.querySelector('#graph .small').getBoundingClientRect().height >= 9"), "the graph's text is too small to read");
    }

    private static async Task SomeRequestsAsync(Window window)
    {
        await window.SendAsync(50);
        await Window.UntilAsync(window.Bar("v2"), "routed", routed => routed >= 50);
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(Window window)
    {
        List<string> faults = [];
        await window.Page.EvaluateAsync(await File.ReadAllTextAsync(Axe));
        foreach (var scheme in Schemes)
        {
            await window.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            faults.AddRange(await window.Page.EvaluateAsync<string[]>(
                """
                async () => (await axe.run()).violations
                  .filter(fault => ['serious', 'critical'].includes(fault.impact))
                  .map(fault => `${fault.id}: ${fault.nodes.map(node => `${node.target.join(' ')}: ${node.failureSummary}`).join('\n')}`)
                """));
        }

        return faults;
    }

    private Task<Window> OpenAsync(BrowserNewContextOptions? options = null) => Window.OpenQuietAsync(chromium, rehearsal.Gopherctl, options);
}

/// <summary>A test that needs a browser and axe (npm's axe-core); skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AxeFactAttribute : FactAttribute
{
    public AxeFactAttribute() => Skip = AccessibilityTests.SkipReason;
}
