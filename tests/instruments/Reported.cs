namespace GopherMesh.Tests.Instruments;

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
