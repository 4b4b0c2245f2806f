using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>
/// A request's body, which is forwarded as it comes. It is kept only as long as a retry may need it and up to Envoy's limit; a longer request
/// is not retried (envoy router.cc, retry_or_shadow_abandoned). Copies get it as it comes, however long it is.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>Envoy's per_connection_buffer_limit_bytes.</summary>
    private const int MostKept = 1024 * 1024;

    /// <summary>How many bytes a copy's destination may lag behind before the copy is given up.</summary>
    private const int MostBehind = 4 * 1024 * 1024;

    private readonly Stream? _source;
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Pipe> _copies = [];
    private MemoryStream? _kept = new();

    private RequestBody(Stream? source)
    {
        _source = source;
        if (source is null)
        {
            _received.SetResult();
        }
    }

    public bool HasBody => _source is not null;

    /// <summary>Done once the request has come to its end; timeouts start there.</summary>
    public Task Received => _received.Task;

    /// <summary>All that has come so far can be sent again.</summary>
    public bool CanReplay => _source is null || _kept is not null;

    public static RequestBody Of(HttpContext context) =>
        new(context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true ? context.Request.Body : null);

    /// <summary>No retry will come: the body need not be kept any more.</summary>
    public void Forget() => _kept = null;

    public void Dispose()
    {
        EndCopies(_received.Task.IsCompletedSuccessfully ? null : new IOException("The request ended before its body was complete."));
        _kept?.Dispose();
    }

    /// <summary>Gives a copy what comes from now on; to be called before the first byte is read.</summary>
    public Func<Stream, CancellationToken, Task>? Fork()
    {
        if (_source is null)
        {
            return null;
        }

        // Nothing waits for a copy: if a write would have to wait, the copy is given up.
        var pipe = new Pipe(new(pauseWriterThreshold: MostBehind, resumeWriterThreshold: MostBehind / 2));
        _copies.Add(pipe);
        return (destination, cancellation) => pipe.Reader.CopyToAsync(destination, cancellation);
    }

    /// <summary>Sends what is kept, and then the rest as it comes.</summary>
    public async Task SendToAsync(Stream destination, CancellationToken cancellation)
    {
        if (_kept is { Length: > 0 } kept)
        {
            await destination.WriteAsync(kept.GetBuffer().AsMemory(0, (int)kept.Length), cancellation);
            await destination.FlushAsync(cancellation);
        }

        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (!_received.Task.IsCompleted && await ReadAsync(chunk, cancellation) is > 0 and var count)
            {
                await destination.WriteAsync(chunk.AsMemory(0, count), cancellation);
                await destination.FlushAsync(cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private void EndCopies(Exception? failure = null)
    {
        foreach (var copy in _copies)
        {
            copy.Writer.Complete(failure);
        }

        _copies.Clear();
    }

    private async ValueTask<int> ReadAsync(byte[] chunk, CancellationToken cancellation)
    {
        var count = await _source!.ReadAsync(chunk, cancellation);
        if (count == 0)
        {
            EndCopies();
            _received.TrySetResult();
            return 0;
        }

        Keep(chunk.AsSpan(0, count));
        foreach (var copy in _copies.ToList())
        {
            var written = copy.Writer.WriteAsync(chunk.AsMemory(0, count), CancellationToken.None).AsTask();
            if (!written.IsCompleted)
            {
                await copy.Writer.CompleteAsync(new IOException("The copy's destination is too slow."));
                _copies.Remove(copy);
            }
        }

        return count;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept is { } kept)
        {
            kept.Write(bytes);
            _kept = kept.Length <= MostKept ? kept : null;
        }
    }
}
