using System.IO.Compression;
using System.Net;
using System.Text;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Page;

namespace GopherMesh.Tests.Rehearsal.Page;

/// <summary>Who may read the page and who may change something by it, and what it tells, over plain HTTP.</summary>
public sealed class PageServerTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
    private readonly LiveFigures _figures = new(TimeProvider.System);
    private readonly MadeUpSystem _system = new();
    private PageServer _page = null!;

    private string Token => _page.Address.Fragment["#token=".Length..];

    public async Task InitializeAsync() => _page = await PageServer.StartAsync(0, _system, _figures, CancellationToken.None);

    public async Task DisposeAsync() => await _page.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/page.css", "text/css")]
    [InlineData("/page.js", "text/javascript")]
    [InlineData("/graph.js", "text/javascript")]
    [InlineData("/layout.js", "text/javascript")]
    [InlineData("/figures.js", "text/javascript")]
    [InlineData("/hand.js", "text/javascript")]
    public async Task Its_files_are_served_and_allow_nothing_from_elsewhere(string path, string type)
    {
        using var answer = await _client.GetAsync(new Uri(_page.Address, path));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", (await answer.Content.ReadAsStringAsync()).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void All_files_together_are_at_most_40_kB_when_compressed()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            foreach (var content in PageServer.Content.Values)
            {
                gzip.Write(content);
            }
        }

        Assert.InRange(compressed.Length, 1, 40_000);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.168.1.1")]
    public async Task A_host_that_is_not_loopback_is_refused_though_its_name_points_here(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _page.Address) { Headers = { Host = $"{host}:{_page.Address.Port}" } };
        using var answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("/events")]
    [InlineData("/load")]
    public async Task Another_origin_is_refused_even_with_the_token(string path)
    {
        using var request = new HttpRequestMessage(path == "/load" ? HttpMethod.Post : HttpMethod.Get, new Uri(_page.Address, path));
        request.Headers.Add("Origin", "http://evil.example");
        request.Headers.Add("X-Page-Token", Token);
        request.Content = path == "/load" ? new StringContent("""{"rate":5}""") : null;
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(_system.Obeyed);
    }

    [Theory]
    [InlineData(null, "the token is missing", 403)]
    [InlineData("0123456789abcdef0123456789abcdef", "the token is another", 403)]
    [InlineData("", "the token is right", 200)]
    public async Task What_changes_something_needs_the_token(string? token, string because, int status)
    {
        var answer = await PostAsync("/load", """{"rate":5}""", token is "" ? Token : token);

        Assert.True(status == (int)answer, because);
        Assert.Equal(status == 200 ? [new SetLoad(5)] : [], _system.Obeyed);
    }

    [Theory]
    [InlineData("/load", "{", 400)]
    [InlineData("/load", """{"rate":5,"other":1}""", 400)]
    [InlineData("/nothing", "{}", 404)]
    [InlineData("/fault", """{"version":"v9"}""", 422)]
    public async Task What_is_no_command_of_the_page_is_refused(string path, string body, int status) =>
        Assert.Equal(status, (int)await PostAsync(path, body, Token));

    [Fact]
    public async Task A_request_is_told_to_every_open_page_and_counted_from_the_moment_that_somebody_looks()
    {
        _figures.OnRequest(Report("v1", 200));
        using var first = await EventsAsync();
        using var second = await EventsAsync();
        await first.UntilAsync("\"stack\":\"made-up\"");
        await second.UntilAsync("\"stack\":\"made-up\"");

        _figures.OnRequest(Report("v1", 200));
        _figures.OnRequest(Report("v2", 500));

        await first.UntilAsync("""["caller","pod-v2","v2",1,1]""");
        await second.UntilAsync("""["caller","pod-v2","v2",1,1]""");
        await first.UntilAsync("\"allRequests\":1,\"allFailures\":1");
        Assert.Contains("\"allRequests\":1,\"allFailures\":0", first.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_the_system_is_told()
    {
        using var page = await EventsAsync();
        await page.UntilAsync("\"load\":0");

        _system.Change(7);

        await page.UntilAsync("\"load\":7");
    }

    [Fact]
    public async Task At_its_end_a_page_is_told_what_happened_last_and_that_nothing_follows()
    {
        var ending = await PageServer.StartAsync(0, _system, _figures, CancellationToken.None);
        using var page = await EventsAsync(ending);
        await page.UntilAsync("\"load\":0");

        _system.Change(7);
        _figures.OnRequest(Report("v1", 200));
        await ending.DisposeAsync();

        await page.UntilAsync("event: ended");
        Assert.Contains("\"load\":7", page.Text, StringComparison.Ordinal);
        Assert.Contains("""["caller","pod-v1","v1",0,1]""", page.Text, StringComparison.Ordinal);
        Assert.Contains("\"allRequests\":1", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        var taken = await Assert.ThrowsAsync<UserException>(() => PageServer.StartAsync(_page.Address.Port, _system, _figures, CancellationToken.None));

        Assert.Contains($"{_page.Address.Port}", taken.Message, StringComparison.Ordinal);
    }

    private static RequestReport Report(string version, int status) => new()
    {
        Reporter = Reporter.Source,
        Source = new PodIdentity("caller", "ns", new Dictionary<string, string>()),
        Subset = version,
        Destination = new PodEndpoint($"pod-{version}", "ns", new Dictionary<string, string>(), new Dictionary<string, int>(), true),
        StatusCode = status,
        Flags = ResponseMarks.None,
        Duration = TimeSpan.FromMilliseconds(2),
    };

    private async Task<HttpStatusCode> PostAsync(string path, string body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_page.Address, path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (token is not null)
        {
            request.Headers.Add("X-Page-Token", token);
        }

        using var answer = await _client.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<Events> EventsAsync(PageServer? page = null) =>
        new(await _client.GetAsync(new Uri((page ?? _page).Address, "/events"), HttpCompletionOption.ResponseHeadersRead));

    private sealed class Events(HttpResponseMessage answer) : IDisposable
    {
        private readonly byte[] _chunk = new byte[16_384];
        private Stream? _stream;

        public string Text { get; private set; } = "";

        public async Task UntilAsync(string wanted)
        {
            using var patience = new CancellationTokenSource(Patience);
            _stream ??= await answer.Content.ReadAsStreamAsync(patience.Token);
            while (!Text.Contains(wanted, StringComparison.Ordinal))
            {
                var count = await _stream.ReadAsync(_chunk, patience.Token);
                Assert.True(count > 0, $"the events ended before {wanted}");
                Text += Encoding.UTF8.GetString(_chunk, 0, count);
            }
        }

        public void Dispose() => answer.Dispose();
    }

    private sealed class MadeUpSystem : IPageSystem
    {
        private double _load;

        public event Action? Changed;

        public List<PageCommand> Obeyed { get; } = [];

        public void Change(double load)
        {
            _load = load;
            Changed?.Invoke();
        }

        public Shown Describe() => new("made-up", "a test", null)
        {
            Load = _load,
            Versions = [new("v1", IsCanary: false, 0.5, 0, null), new("v2", IsCanary: true, 0.5, 0, null)],
        };

        public Task<string?> ObeyAsync(PageCommand command, CancellationToken cancellation)
        {
            if (command is SetFault fault)
            {
                throw new UserException($"there is no version '{fault.Version}' here.", "the page", "Choose one that runs.");
            }

            Obeyed.Add(command);
            return Task.FromResult<string?>(null);
        }
    }
}
