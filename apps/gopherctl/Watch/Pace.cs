namespace GopherMesh.Gopherctl.Watch;

/// <summary>Starts calls at a steady rate, whether or not earlier calls have ended, so that one sees when a system hangs.</summary>
internal static class Pace
{
    // The most calls at once: more would only be a queue in front of a system that does not answer.
    private const int MostAtOnce = 256;

    /// <summary>Calls until the number is reached or the watch ends, and reports each answer when it comes, one at a time.</summary>
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
            // The user has ended the watch.
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
                // The watch has ended; this call counts neither as answered nor as failed.
            }
            finally
            {
                places.Release();
            }
        }
    }
}
