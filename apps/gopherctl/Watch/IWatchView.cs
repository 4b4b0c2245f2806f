namespace GopherMesh.Gopherctl.Watch;

/// <summary>Shows a watch: each answer as it comes, and at the end what they came to.</summary>
internal interface IWatchView
{
    /// <summary>Runs the watch, and shows it meanwhile.</summary>
    /// <param name="watch">Runs it, telling each answer once it is counted.</param>
    /// <param name="tally">What is counted so far.</param>
    Task ShowAsync(Func<Action<WatchedAnswer>, Task> watch, WatchTally tally);
}
