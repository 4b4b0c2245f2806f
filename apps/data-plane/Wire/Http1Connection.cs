using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace GopherMesh.DataPlane.Wire;

/// <summary>A connection to an application, which carries one request at a time.</summary>
internal sealed class Http1Connection : IDuplexPipe, IDisposable
{
    // codec_impl.cc: without a body Envoy sends no content-length for these methods, and 0 for the others.
    private static readonly HashSet<string> WithoutLength = ["GET", "HEAD", "DELETE", "CONNECT", "TRACE"];

    private readonly Socket _socket;

    private Http1Connection(Socket socket)
    {
        _socket = socket;
        var stream = new NetworkStream(socket, ownsSocket: true);
        (Input, Output) = (PipeReader.Create(stream, new(bufferSize: 16 * 1024)), PipeWriter.Create(stream));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>False once the application has closed it, or has sent something without a request.</summary>
    public bool IsQuiet => !_socket.Poll(0, SelectMode.SelectRead);

    /// <exception cref="UpstreamException">No connection within the time.</exception>
    public static async Task<Http1Connection> OpenAsync(int port, TimeSpan limit, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(limit);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), patience.Token);
            return new(socket);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw new UpstreamException(UpstreamFailureKind.Connect, failure);
        }
    }

    /// <exception cref="UpstreamException">The head is more than a proxy takes.</exception>
    public async Task SendHeadAsync(UpstreamRequest request, CancellationToken cancellation)
    {
        var head = new ArrayBufferWriter<byte>(1024);
        HeadWriter.WriteRequestLine(head, request.Method, request.Target);

        // The Host header comes first, as in every proxy.
        HeadWriter.WriteField(head, "host", request.Headers.Host.Count == 0 ? "" : request.Headers.Host);
        foreach (var (name, values) in request.Headers)
        {
            if (!name.Equals("host", StringComparison.OrdinalIgnoreCase))
            {
                HeadWriter.WriteField(head, name, values);
            }
        }

        if (request.Headers.Sum(header => header.Value.Count) > MessageHead.MostFields || head.WrittenCount > MessageHead.MostRequestBytes)
        {
            throw new UpstreamException(UpstreamFailureKind.TooLarge);
        }

        HeadWriter.Write(head, Ending(request));
        await Output.WriteAsync(head.WrittenMemory, cancellation);
    }

    public async ValueTask<MessageHead?> ReadHeadAsync(CancellationToken cancellation) =>
        await MessageHead.ReadAsync(Input, MessageHead.MostAnswerBytes, checkEarly: null, cancellation);

    public void Dispose() => _socket.Dispose();

    private static string Ending(UpstreamRequest request) => request switch
    {
        { Upgrade: { } protocol } => $"connection: Upgrade\r\nupgrade: {protocol}\r\n\r\n",
        { Headers.ContentLength: not null } => "\r\n",
        { SendBody: not null } => "transfer-encoding: chunked\r\n\r\n",
        _ => WithoutLength.Contains(request.Method) ? "\r\n" : "content-length: 0\r\n\r\n",
    };
}

/// <summary>The body of a request on its way to an application.</summary>
internal sealed class RequestBodyStream(Http1Connection connection, bool isChunked) : WriteOnlyStream
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
        {
            return;
        }

        HeadWriter.Write(connection.Output, isChunked ? $"{buffer.Length:x}\r\n" : "");
        connection.Output.Write(buffer.Span);
        HeadWriter.Write(connection.Output, isChunked ? "\r\n" : "");
        await connection.Output.FlushAsync(cancellationToken);
    }

    public async Task EndAsync(CancellationToken cancellation)
    {
        HeadWriter.Write(connection.Output, isChunked ? "0\r\n\r\n" : "");
        await connection.Output.FlushAsync(cancellation);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
