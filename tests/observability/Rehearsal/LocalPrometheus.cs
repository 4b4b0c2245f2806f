using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Observability;

/// <summary>A sample of a query's answer.</summary>
internal sealed record Sample(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>A real Prometheus on loopback, with the repository's rules.</summary>
internal sealed class LocalPrometheus : IAsyncDisposable
{
    public const string Program = "prometheus";

    // For what takes Prometheus a scrape or two; only a test that fails waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gopher-prometheus-");
    private readonly HttpClient _http = new();
    private readonly Process _process;

    private LocalPrometheus(Uri target)
    {
        var port = FreePort();
        _http.BaseAddress = new Uri($"http://127.0.0.1:{port}/");
        File.WriteAllText(Path.Combine(_folder.FullName, "prometheus.yml"), $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [{{string.Join(", ", RuleFiles.Rules)}}]
            scrape_configs: [{job_name: rehearsal, honor_labels: true, static_configs: [{targets: ["{{target.Authority}}"]}]}]
            """);
        string[] arguments =
        [
            $"--config.file={Path.Combine(_folder.FullName, "prometheus.yml")}",
            $"--storage.tsdb.path={Path.Combine(_folder.FullName, "data")}",
            $"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ];
        _process = Process.Start(Program, arguments);
    }

    /// <summary>Starts one that scrapes <paramref name="target"/> every second, and waits for the first scrape.</summary>
    public static async Task<LocalPrometheus> StartAsync(Uri target)
    {
        var prometheus = new LocalPrometheus(target);
        try
        {
            await prometheus.UntilAsync("up == 1");
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    /// <summary>The answer to a query.</summary>
    public async Task<IReadOnlyList<Sample>> QueryAsync(string query)
    {
        using var response = await _http.GetAsync($"api/v1/query?query={Uri.EscapeDataString(query)}");
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            throw new HttpRequestException("Prometheus is not ready");
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.True((string?)answer["status"] == "success", $"{query}: {answer["error"]}");
        return
        [
            .. from sample in answer["data"]!["result"]!.AsArray()
               select new Sample(
                   sample!["metric"]!.AsObject().ToDictionary(label => label.Key, label => (string)label.Value!),
                   double.Parse((string)sample["value"]![1]!, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Asks until the answer has a sample.</summary>
    public async Task<IReadOnlyList<Sample>> UntilAsync(string query)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await TryAsync(query) is { Count: > 0 } samples)
                return samples;
            Assert.False(_process.HasExited, "prometheus ended");
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"never true: {query}");
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

/// <summary>A test that needs Prometheus itself; skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() =>
        Skip = PrometheusTool.Find(LocalPrometheus.Program) is null ? "prometheus is not on PATH; Debian's package prometheus has it" : null;
}
