using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.DataPlane.Wire;

/// <summary>One request of HTTP/1.1 and its answer, as the features of an <see cref="HttpContext"/>.</summary>
internal sealed class Http1Exchange : IDisposable,
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

    /// <summary>Sends the head with what is known of the body.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (!HasStarted && !_isBroken)
        {
            WriteHead(isWhole: false);
            await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Sends the end of the answer.</summary>
    public async Task CompleteAsync()
    {
        if (_isBroken)
        {
            return;
        }

        if (!HasStarted)
        {
            WriteHead(isWhole: true);
        }
        else if (_isChunked)
        {
            HeadWriter.Write(_connection.Transport.Output, "0\r\n\r\n");
            _isChunked = false;
        }

        await FlushAsync(CancellationToken.None);
    }

    /// <summary>Sends an answer that comes before the real one, such as 100 Continue.</summary>
    public async Task SendInterimAsync(int status, IHeaderDictionary headers)
    {
        HeadWriter.WriteStatusLine(_connection.Transport.Output, status);
        WriteFields(headers);
        HeadWriter.Write(_connection.Transport.Output, "\r\n");
        await FlushAsync(RequestAborted);
    }

    /// <summary>Sends 101 and hands over the connection.</summary>
    public async Task<IDuplexPipe> AcceptUpgradeAsync()
    {
        (IsTunnel, ClosesConnection) = (true, true);
        HeadWriter.WriteStatusLine(_connection.Transport.Output, 101);
        WriteFields(ResponseHeaders);
        HeadWriter.Write(_connection.Transport.Output, $"connection: Upgrade\r\nupgrade: {Upgrade}\r\n\r\n");
        HasStarted = true;
        await FlushAsync(RequestAborted);
        return _connection.Transport;
    }

    public void Dispose()
    {
        _body.Dispose();
        _stream.Dispose();
        _aborted.Dispose();
    }

    /// <summary>Breaks the answer off: what was sent arrives, and then the connection ends.</summary>
    public void Abort() => (ClosesConnection, _isBroken) = (true, true);

    public void OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public void DisableBuffering()
    {
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    private async ValueTask WriteBodyAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (_isBroken)
        {
            return;
        }

        if (!HasStarted)
        {
            WriteHead(isWhole: false);
        }

        if (CanHaveAnswerBody && bytes.Length > 0)
        {
            var output = _connection.Transport.Output;
            HeadWriter.Write(output, _isChunked ? bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n" : "");
            bytes.Span.CopyTo(output.GetSpan(bytes.Length));
            output.Advance(bytes.Length);
            HeadWriter.Write(output, _isChunked ? "\r\n" : "");
        }

        await FlushAsync(cancellation);
    }

    private void WriteHead(bool isWhole)
    {
        HasStarted = true;

        // Envoy does not wait for the rest of a request that is answered already.
        ClosesConnection |= !IsRequestComplete;
        var output = _connection.Transport.Output;
        HeadWriter.WriteStatusLine(output, StatusCode);
        WriteFields(ResponseHeaders);
        HeadWriter.Write(output, ClosesConnection ? "connection: close\r\n" : "");
        if (CanHaveAnswerBody && ResponseHeaders.ContentLength is null)
        {
            _isChunked = !isWhole;
            HeadWriter.Write(output, isWhole ? "content-length: 0\r\n" : "transfer-encoding: chunked\r\n");
        }

        HeadWriter.Write(output, "\r\n");
    }

    private void WriteFields(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            HeadWriter.WriteField(_connection.Transport.Output, name, values);
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        var flushed = await _connection.Transport.Output.FlushAsync(cancellation);
        if (flushed.IsCompleted)
        {
            await _aborted.CancelAsync();
            throw new OperationCanceledException("The caller is gone.");
        }
    }

    /// <summary>The answer's body.</summary>
    private sealed class AnswerStream(Http1Exchange exchange) : WriteOnlyStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            exchange.WriteBodyAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
