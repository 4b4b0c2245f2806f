using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Instruments;

/// <summary>A sample of a query's answer.</summary>
public sealed record Sample(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>What Prometheus scrapes.</summary>
public sealed record Target(Uri Address, IReadOnlyDictionary<string, string> Labels);

/// <summary>A real Prometheus on loopback. It scrapes every second.</summary>
public sealed class LocalPrometheus : IAsyncDisposable
{
    private const string Program = "prometheus";

    // Prometheus needs a scrape or two; only a failing test waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gopher-prometheus-");
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Process _process;

    private LocalPrometheus(string configuration)
    {
        var port = FreePort();
        _http.BaseAddress = new Uri($"http://127.0.0.1:{port}/");
        File.WriteAllText(Path.Combine(_folder.FullName, "prometheus.yml"), $"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\n{configuration}");
        string[] arguments =
        [
            $"--config.file={Path.Combine(_folder.FullName, "prometheus.yml")}",
            $"--storage.tsdb.path={Path.Combine(_folder.FullName, "data")}",
            $"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ];
        _process = Process.Start(Program, arguments);
    }

    /// <summary>Why a test that needs Prometheus is skipped; null where it is installed.</summary>
    public static string? SkipReason { get; } = RequiredProgram.SkipReason(Program, package: Program);

    /// <summary>Where it answers.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>Starts one, and waits until it has scraped every target.</summary>
    /// <param name="configuration">Its configuration without <c>global</c>.</param>
    /// <param name="ready">The query that has an answer then; another one if not every target answers.</param>
    public static async Task<LocalPrometheus> StartAsync(string configuration, string ready = "min(up) == 1")
    {
        var prometheus = new LocalPrometheus(configuration);
        try
        {
            await prometheus.UntilAsync(ready);
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    /// <summary>The answer to a query.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses the query.</exception>
    public async Task<IReadOnlyList<Sample>> QueryAsync(string query)
    {
        using var response = await _http.GetAsync(new Uri($"api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative));
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            throw new HttpRequestException("Prometheus is not ready");
        }

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        if ((string?)answer["status"] != "success")
        {
            throw new InvalidOperationException($"{query}: {answer["error"]}");
        }

        return
        [
            .. from sample in answer["data"]!["result"]!.AsArray()
               select new Sample(
                   sample!["metric"]!.AsObject().ToDictionary(label => label.Key, label => (string)label.Value!),
                   double.Parse((string)sample["value"]![1]!, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>The targets that are left after relabelling.</summary>
    public async Task<IReadOnlyList<Target>> TargetsAsync()
    {
        var answer = JsonNode.Parse(await _http.GetStringAsync(new Uri("api/v1/targets?state=active", UriKind.Relative)))!;
        return
        [
            .. from target in answer["data"]!["activeTargets"]!.AsArray()
               select new Target(
                   new Uri((string)target!["scrapeUrl"]!),
                   target["labels"]!.AsObject().ToDictionary(label => label.Key, label => (string)label.Value!)),
        ];
    }

    /// <summary>Repeats the query until the answer has a sample.</summary>
    /// <exception cref="TimeoutException">It never had one.</exception>
    public async Task<IReadOnlyList<Sample>> UntilAsync(string query)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await TryAsync(query) is { Count: > 0 } samples)
            {
                return samples;
            }

            if (_process.HasExited)
            {
                throw new InvalidOperationException("prometheus ended");
            }

            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"never true: {query}");
            }

            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<IReadOnlyList<Sample>> TryAsync(string query)
    {
        try
        {
            return await QueryAsync(query);
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
