using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GopherMesh.Tests.Instruments;

/// <summary>An OpenTelemetry collector that keeps what it gets, over gRPC (HTTP/2 without TLS) or HTTP.</summary>
/// <seealso href="https://opentelemetry.io/docs/specs/otlp/"/>
/// <seealso href="https://github.com/open-telemetry/opentelemetry-proto"/>
public sealed class OtlpReceiver : IAsyncDisposable
{
    public const string Grpc = "grpc";
    public const string Http = "http/protobuf";

    private const string TracesCall = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const string MetricsCall = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

    private readonly ConcurrentQueue<(string Path, byte[] Message)> _received = [];
    private readonly WebApplication _app;
    private readonly string _protocol;

    private OtlpReceiver(string protocol, IPEndPoint endpoint)
    {
        _protocol = protocol;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(endpoint, listen => listen.Protocols = protocol == Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(KeepAsync);
    }

    /// <summary>What was called, in order: <c>/v1/traces</c> or <c>/v1/metrics</c>, over gRPC the full name of the method.</summary>
    public IEnumerable<string> Paths => _received.Select(received => received.Path);

    /// <summary>All spans: <c>resource_spans = 1, scope_spans = 2, spans = 2</c>.</summary>
    public IReadOnlyList<Span> Spans =>
    [
        .. from resource in Received("/v1/traces", TracesCall)
           from span in resource.At(2, 2)
           select new Span(
               span.Hex(1), span.Hex(2), span.Hex(4), span.Text(3), span.Text(5), (SpanKind)span.Number(6), Attributes(span, 9), ResourceOf(resource)),
    ];

    /// <summary>The requests' histogram: <c>resource_metrics = 1, scope_metrics = 2, metrics = 2, histogram = 9, data_points = 1</c>.</summary>
    public IReadOnlyList<RequestCount> Requests =>
    [
        .. from resource in Received("/v1/metrics", MetricsCall)
           from metric in resource.At(2, 2)
           where metric.Text(1) == "http.server.request.duration"
           from point in metric.At(9, 1)
           select new RequestCount(metric.Text(3), point.Number(4), Attributes(point, 9), ResourceOf(resource)),
    ];

    /// <summary>The variables that make a service report here.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = _protocol,
    };

    /// <summary>Starts one on a free port of loopback, or at an address.</summary>
    /// <param name="protocol"><see cref="Grpc"/> or <see cref="Http"/>.</param>
    /// <param name="endpoint">Where it listens.</param>
    public static async Task<OtlpReceiver> StartAsync(string protocol, IPEndPoint? endpoint = null)
    {
        var receiver = new OtlpReceiver(protocol, endpoint ?? new(IPAddress.Loopback, 0));
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task KeepAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _received.Enqueue((context.Request.Path, _protocol == Grpc ? GrpcCall.Message(body.ToArray()) : body.ToArray()));
        if (_protocol == Grpc)
        {
            await GrpcCall.AnswerAsync(context.Response);
        }
    }

    private IEnumerable<ProtoMessage> Received(params string[] paths) =>
        _received.Where(received => paths.Contains(received.Path)).SelectMany(received => new ProtoMessage(received.Message).At(1));

    private static Dictionary<string, string> ResourceOf(ProtoMessage resource) => Attributes(resource.At(1).Single(), 1);

    // KeyValue: key = 1, value = 2; AnyValue: string_value = 1, int_value = 3.
    private static Dictionary<string, string> Attributes(ProtoMessage message, int field) => message.At(field).ToDictionary(
        attribute => attribute.Text(1),
        attribute => attribute.At(2).Single() is var value && value.Text(1) is { Length: > 0 } text ? text : $"{value.Number(3)}");
}

/// <summary>A span as it was reported, with its resource's attributes.</summary>
public sealed record Span(
    string TraceId,
    string Id,
    string ParentId,
    string TraceState,
    string Name,
    SpanKind Kind,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyDictionary<string, string> Resource)
{
    /// <summary>Who reported it.</summary>
    public string Service => Resource["service.name"];
}

/// <summary>OTLP's <c>Span.SpanKind</c>.</summary>
public enum SpanKind
{
    Server = 2,
    Client = 3,
}

/// <summary>The number of requests in one series of <c>http.server.request.duration</c>.</summary>
public sealed record RequestCount(string Unit, ulong Count, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource);

/// <summary>A gRPC call with one message each way, on HTTP/2.</summary>
/// <seealso href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md"/>
internal static class GrpcCall
{
    // A byte that says whether the message is compressed, and its length in four.
    private const int PrefixLength = 5;

    /// <summary>The message in a request's body.</summary>
    /// <exception cref="InvalidDataException">There is not exactly one, or it is compressed.</exception>
    public static byte[] Message(byte[] body) =>
        body is [0, ..] && body.Length >= PrefixLength && BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) == body.Length - PrefixLength
            ? body[PrefixLength..]
            : throw new InvalidDataException($"not one uncompressed message in {body.Length} bytes");

    /// <summary>Answers with an empty message and the status OK.</summary>
    public static async Task AnswerAsync(HttpResponse response)
    {
        response.ContentType = "application/grpc";
        response.DeclareTrailer("grpc-status");
        await response.Body.WriteAsync(new byte[PrefixLength]);
        response.AppendTrailer("grpc-status", "0");
    }
}

/// <summary>A protobuf message, read field by field without its schema.</summary>
/// <seealso href="https://protobuf.dev/programming-guides/encoding/"/>
internal sealed class ProtoMessage
{
    private readonly ILookup<int, byte[]> _fields;

    public ProtoMessage(byte[] message) => _fields = Read(message).ToLookup(field => field.Number, field => field.Value);

    /// <summary>All messages under a path of field numbers.</summary>
    public IEnumerable<ProtoMessage> At(params int[] path) => path.Aggregate(
        (IEnumerable<ProtoMessage>)[this],
        (messages, field) => messages.SelectMany(message => message._fields[field].Select(value => new ProtoMessage(value))));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

    /// <summary>An integer, of either form; 0 where it is absent, as protobuf has it.</summary>
    public ulong Number(int field) => Bytes(field) is { Length: > 0 } bytes ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;

    private byte[] Bytes(int field) => _fields[field].LastOrDefault([]);

    private static List<(int Number, byte[] Value)> Read(byte[] message)
    {
        var (fields, at) = (new List<(int, byte[])>(), 0);
        while (at < message.Length)
        {
            var tag = Varint();
            fields.Add(((int)(tag >> 3), (tag & 7) switch
            {
                0 => BitConverter.GetBytes(Varint()),
                1 => Take(8),
                2 => Take((int)Varint()),
                5 => Take(4),
                var type => throw new InvalidDataException($"wire type {type}"),
            }));
        }

        return fields;

        byte[] Take(int length) => message[at..(at += length)];

        ulong Varint()
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var part = message[at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
