using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Rehearse.Pods;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>A running service serves the metrics that the dashboard queries.</summary>
public sealed partial class ServiceMetricsTests
{
    private const string Row = "What the services say";

    /// <summary>The titles of the panels about them: those under their row.</summary>
    internal static IReadOnlyList<string> Panels { get; } = [.. Dashboards.Under(Row)];

    [Fact]
    public async Task A_service_serves_every_metric_of_its_own_that_a_query_may_name_with_the_labels()
    {
        await using var service = await RunningService.StartAsync();
        await service.AnswerAsync(3);

        var served = (from line in (await service.ScrapeAsync()).Split('\n')
                      let match = Series().Match(line)
                      where match.Success
                      from label in Label().Matches(match.Groups["labels"].Value).Select(label => label.Groups[1].Value)
                      select (Metric: match.Groups["metric"].Value, Label: label))
            .ToLookup(series => series.Metric, series => series.Label);

        var own = KnownMetrics.All.Keys.Where(metric => Own().IsMatch(metric)).ToList();
        Assert.NotEmpty(own);
        Assert.All(own, metric => Assert.Empty(KnownMetrics.All[metric].Except(KnownMetrics.OfTarget).Except(served[metric])));
    }

    [PrometheusFact]
    public async Task Its_panels_answer_with_the_version()
    {
        await using var service = await RunningService.StartAsync();
        await service.AnswerAsync(3);
        await using var prometheus = await LocalPrometheus.StartAsync($$"""
            scrape_configs:
              - job_name: pods
                static_configs: [{targets: ["{{service.Metrics.Authority}}"], labels: {namespace: gophers, pod: distributor-1} }]
            """);

        Assert.Equal(4, Panels.Count);
        foreach (var panel in Dashboards.Panels.Where(panel => Panels.Contains(panel.Title)))
        {
            // A rate needs two scrapes.
            var answer = await prometheus.UntilAsync(Dashboards.Resolved(Assert.Single(panel.Queries)));
            Assert.Equal("v2", Assert.Single(answer).Labels["service_version"]);
        }
    }

    [GeneratedRegex(@"\A(?<metric>[a-z_]+)\{(?<labels>.*)\} \S+\z")]
    private static partial Regex Series();

    [GeneratedRegex("([a-z0-9_]+)=\"")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A(http_server_|dotnet_|target_info\z)")]
    private static partial Regex Own();
}

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
