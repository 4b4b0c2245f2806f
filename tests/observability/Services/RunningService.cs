using GopherMesh.Gopherctl.Rehearse.Pods;

namespace GopherMesh.Tests.Observability;

/// <summary>gopher-distributor v2 as a process of its own, with its metrics served as in its pod.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ServiceProcess _process;
    private readonly Uri _address;

    private RunningService(int port, int metrics)
    {
        (_address, Metrics) = (new($"http://127.0.0.1:{port}/"), new($"http://127.0.0.1:{metrics}/metrics"));
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = _address.ToString(),
            ["METRICS_PORT"] = $"{metrics}",
            ["VERSION"] = "v2",
            ["POD_NAME"] = "distributor-1",
        };
        foreach (var name in (string[])["PATH", "HOME", "DOTNET_ROOT"])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                environment[name] = value;
            }
        }

        _process = ServiceProcess.Start(["dotnet", Program], environment);
    }

    /// <summary>The address that a Prometheus scrapes.</summary>
    public Uri Metrics { get; }

    // artifacts/SDK/bin/PROJECT/CONFIGURATION, where every project is built.
    private static string Program
    {
        get
        {
            const string Project = "GopherDistributor";
            var output = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            return Path.GetFullPath(Path.Combine(output, "..", "..", Project, Path.GetFileName(output), $"{Project}.dll"));
        }
    }

    /// <summary>Starts it; returns when it answers.</summary>
    public static async Task<RunningService> StartAsync()
    {
        var ports = new LoopbackPorts();
        var service = new RunningService(ports.Take(), ports.Take());
        await service.UntilAsync(service.AnswersAsync);
        return service;
    }

    /// <summary>Sends requests; returns when all of them are counted, which is just after their answers.</summary>
    public async Task AnswerAsync(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            await _http.GetStringAsync(_address);
        }

        await UntilAsync(async () => (await ScrapeAsync()).Contains($"}} {requests}\n", StringComparison.Ordinal));
    }

    /// <summary>The text of a scrape.</summary>
    public Task<string> ScrapeAsync() => _http.GetStringAsync(Metrics);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await _http.GetAsync(new Uri(_address, "readyz"))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            Assert.False(_process.Exit.IsCompleted, string.Join('\n', _process.LastLines));
            await Task.Delay(50, patience.Token);
        }
    }
}
