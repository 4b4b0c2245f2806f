namespace GopherMesh.Service;

/// <summary>
/// The first part of a stop: the service is no longer ready and closes each connection with its next answer, but still answers.
/// The second part is Kestrel's: it stops listening and lets the requests in flight finish.
/// </summary>
public sealed class Drain(TimeSpan window)
{
    /// <summary>
    /// The longest that requests in flight may take after the window, so that window, this and a preStop sleep of up to 15 s
    /// together stay below Kubernetes' default grace period of 30 s.
    /// </summary>
    public static readonly TimeSpan InFlightLimit = TimeSpan.FromSeconds(12);

    private volatile bool _inProgress;

    /// <summary>Whether the service is stopping.</summary>
    public bool InProgress => _inProgress;

    /// <summary>How long requests are still accepted.</summary>
    public TimeSpan Window => window;

    /// <summary>Begins the drain and completes at the end of the window, or when <paramref name="cancellation"/> is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation)
    {
        _inProgress = true;
        return Task.Delay(window, cancellation).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
