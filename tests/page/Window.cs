using System.Collections.Concurrent;
using System.Globalization;
using GopherMesh.Tests.Rehearsal.Rehearse;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GopherMesh.Tests.Page;

/// <summary>A window with the page. At its end it holds that the page has asked nothing of anywhere else, and that no script of it has failed.</summary>
internal sealed class Window : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<string> _faults = new();
    private readonly IBrowserContext _context;

    private Window(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page) = (context, page);
        page.PageError += (_, error) => _faults.Enqueue(error);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != address.Authority)
            {
                _faults.Enqueue($"the page asked for {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Where the command says that its page is.</summary>
    public static async Task<Uri> AddressAsync(GopherctlProcess gopherctl) =>
        new((await gopherctl.LineAsync(line => line.StartsWith("page at ", StringComparison.Ordinal)))["page at ".Length..]);

    /// <summary>Opens the page of a command, and waits until it is live.</summary>
    public static async Task<Window> OpenAsync(Chromium chromium, GopherctlProcess gopherctl, BrowserNewContextOptions? options = null) =>
        await OpenAsync(chromium, await AddressAsync(gopherctl), options);

    /// <summary>Opens a page, and waits until it is live.</summary>
    public static async Task<Window> OpenAsync(Chromium chromium, Uri address, BrowserNewContextOptions? options = null)
    {
        var context = await chromium.Browser.NewContextAsync(options);
        var window = new Window(context, await context.NewPageAsync(), address);
        await window.Page.GotoAsync(address.ToString());
        await window.IsAsync("live");
        return window;
    }

    /// <summary>Opens the page of a rehearsal that has sent its own requests: from now on only the test sends any.</summary>
    public static async Task<Window> OpenQuietAsync(Chromium chromium, GopherctlProcess gopherctl, BrowserNewContextOptions? options = null)
    {
        await ServedStack.GatewayAsync(gopherctl);
        return await OpenAsync(chromium, gopherctl, options);
    }

    /// <summary>Waits until the page says of itself that it is live, or not live, or has ended.</summary>
    public Task IsAsync(string words) => Expect(Page.Locator("#live")).ToContainTextAsync(words);

    /// <summary>The box of a version in the graph.</summary>
    public ILocator Box(string version) => Page.Locator($"rect[data-version={version}]");

    /// <summary>The share of a version, with what is declared and what chance explains.</summary>
    public ILocator Bar(string version) => Page.Locator($".bar[data-version={version}]");

    /// <summary>A number that an element has for tests and tools, e.g. <c>requests</c>.</summary>
    public static async Task<double> NumberAsync(ILocator element, string name) =>
        double.Parse(await element.GetAttributeAsync($"data-{name}") ?? "", CultureInfo.InvariantCulture);

    /// <summary>Waits until such a number is as wanted.</summary>
    public static async Task<double> UntilAsync(ILocator element, string name, Func<double, bool> isWanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await element.CountAsync() == 1 && double.TryParse(await element.GetAttributeAsync($"data-{name}"), CultureInfo.InvariantCulture, out var number) && isWanted(number))
            {
                return number;
            }

            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>Lets the page's own caller send.</summary>
    public Task SendAsync(int rate) => Page.GetByLabel("Traffic").SelectOptionAsync(rate.ToString(CultureInfo.InvariantCulture));

    /// <summary>Moves the slider.</summary>
    public Task SlideAsync(int weight) => Page.GetByLabel("canaryWeight").FillAsync(weight.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits for a line among the changes.</summary>
    public Task ChangeAsync(string text) => Expect(Page.Locator("#log li").Filter(new() { HasText = text }).First).ToBeVisibleAsync();

    /// <summary>Whether a dot is on the canvas now.</summary>
    public Task<bool> HasDotsAsync() => Page.EvaluateAsync<bool>(
        "() => { const c = document.querySelector('#graph canvas'); return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(part => part > 0); }");

    /// <summary>Waits for a dot.</summary>
    public async Task DotsAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await HasDotsAsync())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        Assert.Empty(_faults);
    }
}
