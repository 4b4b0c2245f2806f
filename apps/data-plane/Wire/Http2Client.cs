using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.DataPlane.Wire;

/// <summary>HTTP/2 without TLS to an application whose Service port says so, as gRPC needs it; by .NET's client, whose framing is correct.</summary>
internal sealed class Http2Client : IUpstreamClient
{
    private static readonly HashSet<string> ContentHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "allow", "content-disposition", "content-encoding", "content-language", "content-length", "content-location", "content-md5", "content-range",
        "content-type", "expires", "last-modified",
    };

    private readonly string _address;
    private readonly HttpMessageInvoker _invoker;

    /// <param name="port">Where the application listens on loopback.</param>
    /// <param name="connectLimit">The longest time to connect.</param>
    public Http2Client(int port, TimeSpan connectLimit)
    {
        _address = $"http://127.0.0.1:{port}";
        _invoker = new(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = connectLimit,
            EnableMultipleHttp2Connections = true,
            RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        });
    }

    public async Task<UpstreamAnswer> SendAsync(UpstreamRequest request, Func<int, IHeaderDictionary, Task> inform, CancellationToken cancellation)
    {
        try
        {
            var response = await _invoker.SendAsync(ToMessage(request), cancellation);
            var headers = ToHeaders(response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated));
            if (!Http2Rules.IsAnswer(headers, out var length))
            {
                response.Dispose();
                throw new UpstreamException(UpstreamFailureKind.Protocol);
            }

            headers.ContentLength = response.StatusCode == HttpStatusCode.NoContent ? null : length;
            var canHaveBody = request.Method != "HEAD" && (int)response.StatusCode is not (204 or 304);
            var body = response.Content.ReadAsStream(CancellationToken.None);
            return new Answer(response, headers, !canHaveBody ? Stream.Null : length is { } declared ? new DeclaredBody(body, declared) : body);
        }
        catch (HttpRequestException failure)
        {
            // An error of the caller comes from reading its body, as the inner exception.
            throw failure.InnerException is MalformedMessageException or EndOfStreamException
                ? failure.InnerException
                : new UpstreamException(KindOf(failure), failure);
        }
        catch (IOException failure)
        {
            throw new UpstreamException(UpstreamFailureKind.Reset, failure);
        }
    }

    public void Dispose() => _invoker.Dispose();

    // What the application does wrong is an error of the protocol; that it resets a stream, or ends the connection, is not (codec_impl.cc,
    // errorCodeToResetReason): PROTOCOL_ERROR, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR and COMPRESSION_ERROR are what .NET's client finds.
    private static UpstreamFailureKind KindOf(HttpRequestException failure) => failure switch
    {
        { InnerException: HttpProtocolException { ErrorCode: 1 or 3 or 6 or 9 } } => UpstreamFailureKind.Protocol,
        { InnerException: HttpProtocolException } => UpstreamFailureKind.Reset,
        { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => UpstreamFailureKind.Connect,
        { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.VersionNegotiationError } => UpstreamFailureKind.Protocol,
        // Where it reads a head that is none, the client gives up the connection, and names the reason innermost.
        _ when failure.GetBaseException() is HttpRequestException reason && reason != failure => UpstreamFailureKind.Protocol,
        _ => UpstreamFailureKind.Reset,
    };

    private HttpRequestMessage ToMessage(UpstreamRequest request)
    {
        var target = new Uri(_address + request.Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new(request.Method), target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = request.SendBody is { } send ? new StreamedContent(send) : null,
        };
        foreach (var (name, values) in request.Headers)
        {
            if (!ContentHeaders.Contains(name))
            {
                message.Headers.TryAddWithoutValidation(name, values.OfType<string>());
            }
            else if (message.Content is not null || !name.Equals("content-length", StringComparison.OrdinalIgnoreCase))
            {
                (message.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, values.OfType<string>());
            }
        }

        return message;
    }

    private static HeaderDictionary ToHeaders(IEnumerable<KeyValuePair<string, System.Net.Http.Headers.HeaderStringValues>> headers)
    {
        var copy = new HeaderDictionary();
        foreach (var (name, values) in headers)
        {
            copy[name] = values.ToArray();
        }

        return copy;
    }

    /// <summary>A body that is written as it comes.</summary>
    private sealed class StreamedContent(Func<Stream, CancellationToken, Task> send) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => send(stream, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            send(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class Answer(HttpResponseMessage response, IHeaderDictionary headers, Stream body) : UpstreamAnswer((int)response.StatusCode, headers)
    {
        public override Stream Body => body;

        public override IHeaderDictionary Trailers => ToHeaders(response.TrailingHeaders.NonValidated);

        public override ValueTask DisposeAsync()
        {
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
