using System.Collections.Concurrent;

namespace GopherMesh.Tests.Services.Telemetry;

/// <summary>A span as it was reported, with its resource's attributes.</summary>
internal sealed record Span(
    string TraceId, string Id, string ParentId, string TraceState, SpanKind Kind, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource);

/// <summary>OTLP's <c>Span.SpanKind</c>.</summary>
internal enum SpanKind
{
    Server = 2,
    Client = 3,
}

/// <summary>The number of requests in one series of <c>http.server.request.duration</c>.</summary>
internal sealed record RequestCount(string Unit, ulong Count, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource);

/// <summary>An OpenTelemetry collector that keeps what it is sent as OTLP over HTTP.</summary>
/// <seealso href="https://github.com/open-telemetry/opentelemetry-proto"/>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = [];
    private FakeDistributor? _server;

    public IEnumerable<string> Paths => _received.Select(received => received.Path);

    /// <summary>All spans: <c>resource_spans = 1, scope_spans = 2, spans = 2</c>.</summary>
    public IReadOnlyList<Span> Spans =>
    [
        .. from resource in Received("/v1/traces")
           from span in resource.At(2, 2)
           select new Span(span.Hex(1), span.Hex(2), span.Hex(4), span.Text(3), (SpanKind)span.Number(6), Attributes(span, 9), ResourceOf(resource)),
    ];

    /// <summary>The requests' histogram: <c>resource_metrics = 1, scope_metrics = 2, metrics = 2, histogram = 9, data_points = 1</c>.</summary>
    public IReadOnlyList<RequestCount> Requests =>
    [
        .. from resource in Received("/v1/metrics")
           from metric in resource.At(2, 2)
           where metric.Text(1) == "http.server.request.duration"
           from point in metric.At(9, 1)
           select new RequestCount(metric.Text(3), point.Number(4), Attributes(point, 9), ResourceOf(resource)),
    ];

    public static async Task<FakeCollector> StartAsync()
    {
        var collector = new FakeCollector();
        collector._server = await FakeDistributor.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            collector._received.Enqueue((context.Request.Path, body.ToArray()));
        });
        return collector;
    }

    /// <summary>What makes a service report here.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _server!.Address.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private IEnumerable<ProtoMessage> Received(string path) =>
        _received.Where(received => received.Path == path).SelectMany(received => new ProtoMessage(received.Body).At(1));

    private static Dictionary<string, string> ResourceOf(ProtoMessage resource) => Attributes(resource.At(1).Single(), 1);

    // KeyValue: key = 1, value = 2; AnyValue: string_value = 1, int_value = 3.
    private static Dictionary<string, string> Attributes(ProtoMessage message, int field) => message.At(field).ToDictionary(
        attribute => attribute.Text(1),
        attribute => attribute.At(2).Single() is var value && value.Text(1) is { Length: > 0 } text ? text : $"{value.Number(3)}");
}
