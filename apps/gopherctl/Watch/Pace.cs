namespace GopherMesh.Gopherctl.Watch;

/// <summary>Starts calls at a steady rate, whether or not those before have ended; so that a hanging system is seen to hang.</summary>
internal static class Pace
{
    // More at once would only be a queue in front of a system that does not answer.
    private const int MostAtOnce = 256;

    /// <summary>Calls until the number is reached or the watch ends, and tells each answer as it comes, one at a time.</summary>
    public static async Task RunAsync(
        WatchOptions options, Func<CancellationToken, Task<WatchedAnswer>> call, Action<WatchedAnswer> tell, TimeProvider time, CancellationToken cancellation)
    {
        using var places = new SemaphoreSlim(MostAtOnce);
        var (underWay, telling, start) = (new HashSet<Task>(), new Lock(), time.GetTimestamp());
        try
        {
            for (var sent = 0; options.Requests is not { } number || sent < number; sent++)
            {
                var due = TimeSpan.FromSeconds(sent / options.Rate) - time.GetElapsedTime(start);
                if (due > TimeSpan.Zero)
                {
                    await Task.Delay(due, time, cancellation);
                }

                await places.WaitAsync(cancellation);
                underWay.RemoveWhere(ended => ended.IsCompleted);
                underWay.Add(CallAsync());
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end of an endless watch.
        }

        await Task.WhenAll(underWay);

        async Task CallAsync()
        {
            try
            {
                var answer = await call(cancellation);
                lock (telling)
                {
                    tell(answer);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // Neither answered nor failed.
            }
            finally
            {
                places.Release();
            }
        }
    }
}
