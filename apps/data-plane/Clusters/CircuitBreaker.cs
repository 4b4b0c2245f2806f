using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Clusters;

/// <summary>
/// Envoy's limits on one cluster (circuit_breaker.proto): requests under way, connections (HTTP/1.1 needs one for each request, HTTP/2 very few),
/// requests that wait for a connection, and retries under way. Requests that wait only until a connection is established do not count as waiting here.
/// </summary>
internal sealed class CircuitBreaker(ConnectionPool limits) : IDisposable
{
    private readonly SemaphoreSlim? _connections = limits is { SharesConnections: false, MaxConnections: { } maximum } ? new(maximum) : null;
    private int _requests;
    private int _pending;
    private int _retries;

    /// <summary>Waits until the request may start; false if a limit refuses it.</summary>
    public ValueTask<bool> EnterAsync(CancellationToken cancellation)
    {
        if (!TryCount(ref _requests, limits.MaxRequests))
        {
            return ValueTask.FromResult(false);
        }

        return _connections is null || _connections.Wait(0, CancellationToken.None) ? ValueTask.FromResult(true) : WaitAsync(_connections, cancellation);
    }

    public void Leave()
    {
        _connections?.Release();
        Interlocked.Decrement(ref _requests);
    }

    public bool TryStartRetry() => TryCount(ref _retries, limits.MaxRetries);

    public void EndRetry() => Interlocked.Decrement(ref _retries);

    public void Dispose() => _connections?.Dispose();

    private async ValueTask<bool> WaitAsync(SemaphoreSlim connections, CancellationToken cancellation)
    {
        var entered = false;
        if (TryCount(ref _pending, limits.MaxPendingRequests))
        {
            try
            {
                await connections.WaitAsync(cancellation);
                entered = true;
            }
            finally
            {
                Interlocked.Decrement(ref _pending);
                if (!entered)
                {
                    Interlocked.Decrement(ref _requests);
                }
            }
        }
        else
        {
            Interlocked.Decrement(ref _requests);
        }

        return entered;
    }

    private static bool TryCount(ref int counter, int? maximum)
    {
        if (Interlocked.Increment(ref counter) <= (maximum ?? int.MaxValue))
        {
            return true;
        }

        Interlocked.Decrement(ref counter);
        return false;
    }
}
