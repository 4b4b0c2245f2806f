using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Services.Telemetry;

public sealed class MetricsTests
{
    private static readonly string[] Probes = ["/healthz", "/readyz", "/version"];

    [Fact]
    public async Task Requests_are_counted_by_the_semantic_conventions_with_version_and_pod_and_probes_are_not()
    {
        var port = FreePort();
        using var distributor = Services.Distributor(new() { ["METRICS_PORT"] = $"{port}" });
        var address = await distributor.ListeningAsync();
        foreach (var path in (string[])[.. Probes, "/", "/"])
        {
            await Services.AskAsync(address, path);
        }

        // A request is counted just after its answer.
        var metrics = "";
        await Patience.UntilAsync(async () => Counts(metrics = await ScrapeAsync(port)).Sum(line => line.Value) >= 2, "two requests are counted");

        var (series, count) = Assert.Single(Counts(metrics));
        Assert.Equal(2, count);
        Assert.Contains("http_request_method=\"GET\"", series, StringComparison.Ordinal);
        Assert.Contains("http_response_status_code=\"200\"", series, StringComparison.Ordinal);
        Assert.Contains("http_route=\"/\"", series, StringComparison.Ordinal);
        var target = metrics.Split('\n').Single(line => line.StartsWith("target_info{", StringComparison.Ordinal));
        Assert.Contains("service_name=\"gopher-distributor\"", target, StringComparison.Ordinal);
        Assert.Contains("service_version=\"v2\"", target, StringComparison.Ordinal);
        Assert.Contains("k8s_pod_name=\"distributor-1\"", target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_text_even_for_a_Prometheus_that_prefers_OpenMetrics()
    {
        var port = FreePort();
        using var distributor = Services.Distributor(new() { ["METRICS_PORT"] = $"{port}" });
        await distributor.ListeningAsync();
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Accept.ParseAdd("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");

        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"));

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.DoesNotContain("# EOF", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_of_metrics_serves_nothing_else_and_no_other_port_serves_metrics()
    {
        var port = FreePort();
        using var distributor = Services.Distributor(new() { ["METRICS_PORT"] = $"{port}" });
        var service = await distributor.ListeningAsync();
        var metrics = new Uri($"http://127.0.0.1:{port}");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(new(metrics, "/metrics")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(new(service, "/metrics")));
        foreach (var path in (string[])["/", "/other", .. Probes])
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(new(metrics, path)));
        }
    }

    [Fact]
    public async Task With_metrics_alone_the_trace_headers_stay_unchanged()
    {
        const string Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var distributor = await FakeDistributor.AnsweringAsync(200, "Gopher\n");
        using var requester = Services.Requester(distributor.Address, new() { ["METRICS_PORT"] = $"{FreePort()}" });

        await Services.AskAsync(await requester.ListeningAsync(), "/", ("traceparent", Traceparent));

        Assert.Equal(Traceparent, distributor.Seen.Single().Headers["traceparent"]);
    }

    [Theory]
    [InlineData(OtlpReceiver.Grpc)]
    [InlineData(OtlpReceiver.Http)]
    public async Task A_collector_gets_the_same_counts(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync(protocol);
        using var distributor = Services.Distributor(collector.Environment);
        var address = await distributor.ListeningAsync();
        foreach (var path in (string[])[.. Probes, "/", "/"])
        {
            await Services.AskAsync(address, path);
        }

        await Services.EndAsync(distributor);

        var last = collector.Requests[^1];
        Assert.All(collector.Requests, request => Assert.Equal("/", request.Attributes["http.route"]));
        Assert.Equal(("s", 2UL), (last.Unit, last.Count));
        Assert.Equal(("gopher-distributor", "v2", "distributor-1"), (last.Resource["service.name"], last.Resource["service.version"], last.Resource["k8s.pod.name"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenTelemetry_is_loaded_only_where_something_is_reported(bool reports)
    {
        using var distributor = Services.Distributor(reports ? new() { ["METRICS_PORT"] = $"{FreePort()}" } : []);
        await Services.AskAsync(await distributor.ListeningAsync(), "/");

        var loaded = await File.ReadAllTextAsync($"/proc/{distributor.Id}/maps");

        Assert.Contains("GopherService.dll", loaded, StringComparison.Ordinal);
        Assert.Equal(reports, loaded.Contains("OpenTelemetry", StringComparison.Ordinal));
    }

    private static IReadOnlyList<(string Series, int Value)> Counts(string metrics) =>
    [
        .. from line in metrics.Split('\n')
           where line.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal)
           let end = line.IndexOf('}', StringComparison.Ordinal) + 1
           select (line[..end], int.Parse(line[end..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture)),
    ];

    private static async Task<string> ScrapeAsync(int port)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
    }

    private static async Task<HttpStatusCode> StatusAsync(Uri address)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(address);
        return response.StatusCode;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
