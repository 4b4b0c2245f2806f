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
            return new Answer(await _invoker.SendAsync(ToMessage(request), cancellation));
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

    private static UpstreamFailureKind KindOf(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => UpstreamFailureKind.Connect,
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError => UpstreamFailureKind.Protocol,
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

    private sealed class Answer(HttpResponseMessage response)
        : UpstreamAnswer((int)response.StatusCode, ToHeaders(response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)))
    {
        public override Stream Body { get; } = response.Content.ReadAsStream();

        public override IHeaderDictionary Trailers => ToHeaders(response.TrailingHeaders.NonValidated);

        public override ValueTask DisposeAsync()
        {
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
