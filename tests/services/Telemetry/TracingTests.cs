using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Services.Telemetry;

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
