using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.DataPlane.Wire;

/// <summary>One request of HTTP/1.1 and its answer, as the features of an <see cref="HttpContext"/>.</summary>
internal sealed partial class Http1Exchange : IDisposable,
    IHttpRequestFeature, IHttpRequestBodyDetectionFeature, IHttpResponseFeature, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature,
    IConnectionUpgradeFeature, IInterimResponseFeature
{
    private readonly ConnectionContext _connection;
    private readonly MessageBody _body;
    private readonly AnswerStream _stream;
    private readonly CancellationTokenSource _aborted;
    private bool _isChunked;
    private bool _isBroken;
    private PipeWriter? _writer;

    public Http1Exchange(ConnectionContext connection, RequestLine line, MessageHead head, Framing framing)
    {
        _connection = connection;
        _body = new(connection.Transport.Input, framing);
        _stream = new(this);
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        (Method, RawTarget, CanHaveBody, RequestAborted) = (line.Method, line.Target, framing.Length != 0, _aborted.Token);
        var question = line.Target.IndexOf('?', StringComparison.Ordinal);
        var request = (IHttpRequestFeature)this;
        request.Path = Uri.UnescapeDataString(question < 0 ? line.Target : line.Target[..question]);
        request.QueryString = question < 0 ? "" : line.Target[question..];
        RequestHeaders = new HeaderDictionary();
        foreach (var lines in head.Fields.GroupBy(field => field.Key, StringComparer.OrdinalIgnoreCase))
        {
            RequestHeaders[lines.Key] = lines.Select(field => field.Value).ToArray();
        }

        Upgrade = ConnectionHeaders.UpgradeOf(head);
        ClosesConnection = ConnectionHeaders.Closes(head.Values("connection"));
        ConnectionHeaders.RemoveFromRequest(RequestHeaders);

        // Several Host lines are one value to Envoy.
        RequestHeaders.Host = line.Authority ?? string.Join(',', head.Values("host"));
    }

    public string Method { get; set; }

    public string RawTarget { get; set; }

    public bool CanHaveBody { get; }

    public IHeaderDictionary RequestHeaders { get; set; }

    public string? Upgrade { get; }

    public int StatusCode { get; set; } = 200;

    public IHeaderDictionary ResponseHeaders { get; set; } = new HeaderDictionary();

    public bool HasStarted { get; private set; }

    public CancellationToken RequestAborted { get; set; }

    /// <summary>No request can follow on this connection.</summary>
    public bool ClosesConnection { get; private set; }

    public bool IsTunnel { get; private set; }

    public bool IsRequestComplete => _body.IsComplete;

    IHeaderDictionary IHttpRequestFeature.Headers { get => RequestHeaders; set => RequestHeaders = value; }

    IHeaderDictionary IHttpResponseFeature.Headers { get => ResponseHeaders; set => ResponseHeaders = value; }

    string IHttpRequestFeature.Protocol { get; set; } = "HTTP/1.1";

    string IHttpRequestFeature.Scheme { get; set; } = "http";

    string IHttpRequestFeature.PathBase { get; set; } = "";

    string IHttpRequestFeature.Path { get; set; } = "";

    string IHttpRequestFeature.QueryString { get; set; } = "";

    Stream IHttpRequestFeature.Body { get => _body; set => throw new NotSupportedException(); }

    string? IHttpResponseFeature.ReasonPhrase { get; set; }

    Stream IHttpResponseFeature.Body { get => _stream; set => throw new NotSupportedException(); }

    Stream IHttpResponseBodyFeature.Stream => _stream;

    PipeWriter IHttpResponseBodyFeature.Writer => _writer ??= PipeWriter.Create(_stream, new(leaveOpen: true));

    private bool CanHaveAnswerBody => Method != "HEAD" && StatusCode is not (204 or 304) && StatusCode >= 200;

    public void Dispose()
    {
        _body.Dispose();
        _stream.Dispose();
        _aborted.Dispose();
    }

    /// <summary>Aborts the answer: what was sent arrives, and then the connection ends.</summary>
    public void Abort() => (ClosesConnection, _isBroken) = (true, true);

    public void OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public void DisableBuffering()
    {
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}

/// <summary>A request of HTTP/1.1 that may request another protocol on its connection.</summary>
internal interface IConnectionUpgradeFeature
{
    /// <summary>The requested protocol; null for none.</summary>
    string? Upgrade { get; }

    /// <summary>Answers 101 with the headers of the response, and hands over the connection.</summary>
    Task<IDuplexPipe> AcceptUpgradeAsync();
}

/// <summary>A caller that can get answers before the real one. Callers of HTTP/2 cannot: Kestrel does not send them.</summary>
internal interface IInterimResponseFeature
{
    /// <summary>Whether the request has come to its end.</summary>
    bool IsRequestComplete { get; }

    /// <summary>Sends one, with a status from 100 to 199.</summary>
    Task SendInterimAsync(int status, IHeaderDictionary headers);
}
