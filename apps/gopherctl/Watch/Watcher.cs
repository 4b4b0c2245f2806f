namespace GopherMesh.Gopherctl.Watch;

/// <summary>The article's endless curl, with a tally.</summary>
internal static class Watcher
{
    /// <summary>Watches until the number of requests is reached or the caller has seen enough.</summary>
    /// <returns>What the answers came to.</returns>
    public static async Task<WatchTally> RunAsync(WatchOptions options, IWatchView view, TimeProvider time, CancellationToken cancellation)
    {
        using var caller = new Caller(options, time);
        var tally = new WatchTally();
        await view.ShowAsync(
            shown => Pace.RunAsync(
                options,
                caller.CallAsync,
                answer =>
                {
                    tally.Add(answer);
                    shown(answer);
                },
                time,
                cancellation),
            tally);
        return tally;
    }
}
