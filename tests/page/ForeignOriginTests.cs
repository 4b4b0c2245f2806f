using GopherMesh.Gopherctl.Page;
using Microsoft.Playwright;

namespace GopherMesh.Tests.Page;

/// <summary>What another site's page can do with this one, in a browser that keeps to the rules of origins.</summary>
[Collection(ChromiumTests.Name)]
public sealed class ForeignOriginTests(Chromium chromium) : IAsyncLifetime
{
    private readonly SmallSystem _system = new();
    private PageServer _server = null!;
    private IPage _foreign = null!;

    private string Token => _server.Address.Fragment["#token=".Length..];

    public async Task InitializeAsync()
    {
        _server = await PageServer.StartAsync(0, _system, new LiveFigures(TimeProvider.System), CancellationToken.None);
        if (Chromium.SkipReason is null)
        {
            _foreign = await chromium.Browser.NewPageAsync();
            await _foreign.RouteAsync($"http://{Chromium.Rebound}/**", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><title>another site</title>" }));
            await _foreign.GotoAsync($"http://{Chromium.Rebound}/");
        }
    }

    public async Task DisposeAsync()
    {
        if (_foreign is not null)
        {
            await _foreign.Context.CloseAsync();
        }

        await _server.DisposeAsync();
    }

    [ChromiumFact]
    public async Task A_name_that_was_made_to_mean_this_machine_gets_nothing()
    {
        var answer = await _foreign.GotoAsync($"http://{Chromium.Rebound}:{_server.Address.Port}/");

        Assert.Equal(403, answer!.Status);
    }

    [ChromiumTheory]
    [InlineData("/")]
    [InlineData("/events")]
    public async Task Another_site_cannot_read(string path)
    {
        var read = await _foreign.EvaluateAsync<string>("address => fetch(address).then(answer => answer.text(), () => 'refused')", new Uri(_server.Address, path).GetLeftPart(UriPartial.Path));

        Assert.Equal("refused", read);
    }

    [ChromiumFact]
    public async Task Another_site_changes_nothing_by_a_form_or_a_script_even_if_it_knew_the_token()
    {
        var load = new Uri(_server.Address, "/load").GetLeftPart(UriPartial.Path);
        await _foreign.EvaluateAsync(
            """
            async ([address, token]) => {
              const body = JSON.stringify({ rate: 7 });
              await fetch(address, { method: 'POST', mode: 'no-cors', body }).catch(() => {});
              await fetch(address, { method: 'POST', headers: { 'X-Page-Token': token }, body }).catch(() => {});
            }
            """,
            new[] { load, Token });
        await _foreign.EvaluateAsync("address => { const form = document.createElement('form'); form.method = 'post'; form.enctype = 'text/plain'; form.action = address; document.body.append(form); form.submit(); }", load);
        await _foreign.WaitForURLAsync(load);

        Assert.Contains("answers only at the address that was printed", await _foreign.ContentAsync(), StringComparison.Ordinal);
        Assert.Empty(_system.Obeyed);
    }

    [ChromiumFact]
    public async Task Another_site_cannot_put_the_page_into_a_frame()
    {
        await _foreign.SetContentAsync($"<iframe src='{_server.Address.GetLeftPart(UriPartial.Authority)}'></iframe>");
        await _foreign.Frames[^1].WaitForLoadStateAsync();

        Assert.Equal(0, await _foreign.Frames[^1].Locator("main").CountAsync());
    }

    private sealed class SmallSystem : IPageSystem
    {
        public event Action? Changed
        {
            add { }
            remove { }
        }

        public List<PageCommand> Obeyed { get; } = [];

        public Shown Describe() => new("made-up", "a test", null);

        public Task<string?> ObeyAsync(PageCommand command, CancellationToken cancellation)
        {
            Obeyed.Add(command);
            return Task.FromResult<string?>(null);
        }
    }
}
