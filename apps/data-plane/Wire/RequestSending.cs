namespace GopherMesh.DataPlane.Wire;

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
