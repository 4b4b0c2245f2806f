using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Services;

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

public sealed class TracingTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string GatewaySpan = "b7ad6b7169203331";

    [Theory]
    [InlineData(OtlpReceiver.Grpc)]
    [InlineData(OtlpReceiver.Http)]
    public async Task A_request_is_one_trace_from_its_caller_to_the_distributor_and_probes_leave_none(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync(protocol);
        using var distributor = Services.Distributor(collector.Environment);
        using var requester = Services.Requester(await distributor.ListeningAsync(), collector.Environment);
        foreach (var probe in (string[])["/healthz", "/readyz", "/version"])
        {
            await Services.AskAsync(await requester.ListeningAsync(), probe);
        }

        await Services.AskAsync(await requester.ListeningAsync(), "/", ("traceparent", $"00-{TraceId}-{GatewaySpan}-01"), ("tracestate", "rojo=00f067aa0ba902b7"));
        await Services.EndAsync(requester, distributor);

        var (asked, call, answered) = (
            Only(collector, "gopher-requester", SpanKind.Server),
            Only(collector, "gopher-requester", SpanKind.Client),
            Only(collector, "gopher-distributor", SpanKind.Server));
        Assert.Equal(3, collector.Spans.Count);
        Assert.All(collector.Spans, span => Assert.Equal((TraceId, "rojo=00f067aa0ba902b7"), (span.TraceId, span.TraceState)));
        Assert.Equal([GatewaySpan, asked.Id, call.Id], [asked.ParentId, call.ParentId, answered.ParentId]);
    }

    [Theory]
    [InlineData(OtlpReceiver.Grpc)]
    [InlineData(OtlpReceiver.Http)]
    public async Task A_span_says_what_was_asked_and_who_answered_by_the_semantic_conventions(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync(protocol);
        using var distributor = Services.Distributor(collector.Environment);
        await Services.AskAsync(await distributor.ListeningAsync(), "/");
        await Services.EndAsync(distributor);

        var span = Assert.Single(collector.Spans);
        Assert.Equal(("GET", "/", "200"), (span.Attributes["http.request.method"], span.Attributes["http.route"], span.Attributes["http.response.status_code"]));
        Assert.Equal(("gopher-distributor", "v2", "distributor-1", "distributor-1"),
            (span.Resource["service.name"], span.Resource["service.version"], span.Resource["k8s.pod.name"], span.Resource["service.instance.id"]));
    }

    [Fact]
    public async Task Resource_attributes_of_the_environment_are_added_and_win()
    {
        await using var collector = await OtlpReceiver.StartAsync(OtlpReceiver.Http);
        using var distributor = Services.Distributor(new(collector.Environment)
        {
            ["OTEL_RESOURCE_ATTRIBUTES"] = "k8s.namespace.name=gophers,service.version=v2-rc1",
        });
        await Services.AskAsync(await distributor.ListeningAsync(), "/");
        await Services.EndAsync(distributor);

        var span = Assert.Single(collector.Spans);
        Assert.Equal(("gophers", "v2-rc1"), (span.Resource["k8s.namespace.name"], span.Resource["service.version"]));
    }

    [Theory]
    [InlineData("01", 2)]
    [InlineData("00", 0)]
    public async Task The_caller_decides_whether_a_trace_is_kept_and_the_call_continues_the_requesters_span(string flags, int spans)
    {
        await using var collector = await OtlpReceiver.StartAsync(OtlpReceiver.Http);
        await using var distributor = await FakeDistributor.AnsweringAsync(200, "Gopher\n");
        using var requester = Services.Requester(distributor.Address, collector.Environment);
        await Services.AskAsync(await requester.ListeningAsync(), "/", ("traceparent", $"00-{TraceId}-{GatewaySpan}-{flags}"));
        await Services.EndAsync(requester);

        var traceparent = distributor.Seen.Single().Headers["traceparent"].Split('-');
        Assert.Equal(["00", TraceId, flags], [traceparent[0], traceparent[1], traceparent[3]]);
        Assert.NotEqual(GatewaySpan, traceparent[2]);
        Assert.Equal(spans, collector.Spans.Count);
    }

    [Theory]
    [InlineData("baggage", "userId=alice,serverNode=DF%2028;meta=1")]
    [InlineData("b3", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1")]
    [InlineData("x-request-id", "3f2c1c5e-0b0a-9d57-8a9c-0e6b2f6c3f10")]
    public async Task All_headers_but_the_trace_context_are_passed_on_unchanged(string name, string value)
    {
        await using var collector = await OtlpReceiver.StartAsync(OtlpReceiver.Http);
        await using var distributor = await FakeDistributor.AnsweringAsync(200, "Gopher\n");
        using var requester = Services.Requester(distributor.Address, collector.Environment);
        await Services.AskAsync(await requester.ListeningAsync(), "/", (name, value));

        Assert.Equal(value, distributor.Seen.Single().Headers[name]);
    }

    [Theory]
    [InlineData("TRACES", "/v1/traces")]
    [InlineData("METRICS", "/v1/metrics")]
    public async Task An_endpoint_of_one_signal_gets_that_signal_alone(string signal, string path)
    {
        await using var collector = await OtlpReceiver.StartAsync(OtlpReceiver.Http);
        var environment = collector.Environment;
        environment.Remove("OTEL_EXPORTER_OTLP_ENDPOINT", out var address);
        using var distributor = Services.Distributor(new(environment) { [$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] = $"{address!.TrimEnd('/')}{path}" });
        await Services.AskAsync(await distributor.ListeningAsync(), "/");
        await Services.EndAsync(distributor);

        Assert.Equal([path], collector.Paths.Distinct());
    }

    private static Span Only(OtlpReceiver collector, string service, SpanKind kind) =>
        collector.Spans.Single(span => span.Service == service && span.Kind == kind);
}

/// <summary>The services as processes, since what they report is decided by their environment and sent at their end at the latest.</summary>
internal static class Services
{
    public static ServiceProcess Distributor(Dictionary<string, string> environment) => ServiceProcess.Start("GopherDistributor", new(environment)
    {
        ["VERSION"] = "v2",
        ["POD_NAME"] = "distributor-1",
        ["DRAIN_WINDOW_MS"] = "0",
    });

    public static ServiceProcess Requester(Uri distributor, Dictionary<string, string> environment) => ServiceProcess.Start("GopherRequester", new(environment)
    {
        ["DISTRIBUTOR_URL"] = distributor.ToString(),
        ["DISTRIBUTOR_TIMEOUT_MS"] = "10000",
        ["POD_NAME"] = "requester-1",
        ["DRAIN_WINDOW_MS"] = "0",
    });

    /// <summary>Requests a path as a gateway does, with its headers.</summary>
    public static async Task AskAsync(Uri service, string path, params IEnumerable<(string Name, string Value)> headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service, path));
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Ends services, after which all that they had to report has been sent.</summary>
    public static async Task EndAsync(params IEnumerable<ServiceProcess> services)
    {
        foreach (var service in services)
        {
            service.Terminate();
            Assert.Equal(0, await service.ExitCodeAsync());
        }
    }
}
