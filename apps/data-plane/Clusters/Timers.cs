namespace GopherMesh.DataPlane.Clusters;

/// <summary>Limits a duration to the longest of .NET's timers. Istio's durations may be longer, but no rehearsal lasts that long.</summary>
internal static class Timers
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    public static TimeSpan Bounded(TimeSpan time) => time > Longest ? Longest : time;

    /// <summary>Starts the timeout, unless the work that it limits has ended.</summary>
    public static void TryStart(CancellationTokenSource limit, TimeSpan time)
    {
        try
        {
            limit.CancelAfter(Bounded(time));
        }
        catch (ObjectDisposedException)
        {
            // The work has ended.
        }
    }
}
