namespace GopherMesh.DataPlane.Clusters;

/// <summary>.NET's timers end at 49.7 days, durations of Istio do not; no rehearsal lasts so long, and so the longest timer stands for both.</summary>
internal static class Timers
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    public static TimeSpan Bounded(TimeSpan time) => time > Longest ? Longest : time;

    /// <summary>Starts the limit, unless what it limits is over.</summary>
    public static void TryStart(CancellationTokenSource limit, TimeSpan time)
    {
        try
        {
            limit.CancelAfter(Bounded(time));
        }
        catch (ObjectDisposedException)
        {
            // It is over.
        }
    }
}
