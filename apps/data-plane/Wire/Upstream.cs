using Microsoft.AspNetCore.Http;

namespace GopherMesh.DataPlane.Wire;

/// <summary>Sends requests to one application.</summary>
internal interface IUpstreamClient : IDisposable
{
    /// <summary>Sends a request, and returns as soon as the head of the answer is there, whether or not the request has been sent to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="inform">Called for each answer that comes before the real one, with a status from 100 to 199.</param>
    /// <param name="cancellation">Cancels the request, before the head and while the body is read.</param>
    /// <exception cref="UpstreamException">There is no answer.</exception>
    Task<UpstreamAnswer> SendAsync(UpstreamRequest request, Func<int, IHeaderDictionary, Task> inform, CancellationToken cancellation);
}

/// <summary>A request to an application.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, as they go on the wire.</param>
/// <param name="Headers">What the application is to see, Host among them, and nothing of the connection.</param>
/// <param name="SendBody">Writes the body; null for none.</param>
/// <param name="Upgrade">The protocol that the connection is to change to; null for none.</param>
internal sealed record UpstreamRequest(
    string Method, string Target, IHeaderDictionary Headers, Func<Stream, CancellationToken, Task>? SendBody, string? Upgrade);

/// <summary>An application's answer. If it is disposed before its body is read to the end, its connection is closed too.</summary>
internal abstract class UpstreamAnswer(int status, IHeaderDictionary headers) : IAsyncDisposable
{
    public int Status { get; } = status;

    /// <summary>The headers without those of the connection.</summary>
    public IHeaderDictionary Headers { get; } = headers;

    public abstract Stream Body { get; }

    /// <summary>The trailers; complete once the body is read.</summary>
    public virtual IHeaderDictionary Trailers { get; } = new HeaderDictionary();

    public abstract ValueTask DisposeAsync();

    /// <summary>After 101: carries bytes between the caller and the application until one of them ends.</summary>
    public virtual Task TunnelAsync(System.IO.Pipelines.IDuplexPipe caller, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>Why there is no answer.</summary>
internal enum UpstreamFailureKind
{
    /// <summary>No connection.</summary>
    Connect,

    /// <summary>The connection ended before the answer.</summary>
    Reset,

    /// <summary>Envoy does not accept the answer.</summary>
    Protocol,

    /// <summary>With the headers that proxies add, the request is too large for the application's proxy.</summary>
    TooLarge,
}

/// <summary>An application did not answer.</summary>
internal sealed class UpstreamException(UpstreamFailureKind kind, Exception? inner = null) : Exception($"No answer: {kind}", inner)
{
    public UpstreamFailureKind Kind => kind;
}

/// <summary>Sends a request's body while the caller waits for the answer.</summary>
internal sealed class RequestSending(Http1Connection connection, UpstreamRequest request) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _task = Task.CompletedTask;

    public Http1Connection Connection => connection;

    /// <summary>The caller's error; null if there was none.</summary>
    public Exception? Failure { get; private set; }

    public bool IsDone => _task.IsCompletedSuccessfully && Failure is null;

    public void Start(CancellationToken cancellation)
    {
        if (request.SendBody is { } send)
        {
            _task = RunAsync(send, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stopping.Dispose();
    }

    private async Task RunAsync(Func<Stream, CancellationToken, Task> send, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, cancellation);
        var stream = new RequestBodyStream(connection, request.Headers.ContentLength is null);
        try
        {
            await send(stream, either.Token);
            await stream.EndAsync(either.Token);
        }
        catch (Exception failure) when (failure is MalformedMessageException or EndOfStreamException)
        {
            // The request cannot be completed: the application notices it by the closed connection.
            Failure = failure;
            connection.Dispose();
        }
        catch (IOException)
        {
            // The application has stopped reading; it may have answered before.
        }
    }
}
