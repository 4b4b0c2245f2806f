using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Gopherctl.Page;

/// <summary>
/// Tells every open page what happens: <c>shown</c> (all but the figures, whole), <c>seconds</c> (the figures until now), <c>second</c>,
/// <c>requests</c>, and at last <c>ended</c>. Without a page nothing runs.
/// </summary>
/// <param name="system">The system that is shown.</param>
/// <param name="figures">The figures of its requests.</param>
internal sealed class PageEvents(IPageSystem system, LiveFigures figures) : IAsyncDisposable
{
    private const int MostPages = 20;
    private const int KeptSeconds = 300;

    // Short enough that a request is on the page within 300 ms, long enough that a message holds many.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // A page that is loaded again finds its figures again.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly OpenPages _pages = new();
    private readonly Queue<Second> _seconds = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task? _running;
    private long _lastSecond;
    private volatile bool _isChanged;

    /// <summary>Answers a page with events until it goes; one page too many is answered with 503.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        if (Add() is not { } page)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            await OpenPages.ServeAsync(context, page);
        }
        finally
        {
            lock (_lock)
            {
                _pages.Remove(page);
            }
        }
    }

    /// <summary>Tells every page the last figures, and that nothing follows.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_running is { } running)
        {
            await running;
        }

        Task taken;
        lock (_lock)
        {
            taken = _pages.EndAsync();
        }

        await taken;
        _stopping.Dispose();
    }

    private Channel<byte[]>? Add()
    {
        lock (_lock)
        {
            if (_pages.Count == MostPages || _stopping.IsCancellationRequested)
            {
                return null;
            }

            if (_running is null)
            {
                figures.Watch(true);
                system.Changed += Mark;
                _lastSecond = TimeProvider.System.GetTimestamp();
                _running = RunAsync();
            }

            return _pages.Add(OpenPages.Message("shown", system.Describe()), OpenPages.Message("seconds", _seconds));
        }
    }

    private void Mark() => _isChanged = true;

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        for (var lastPage = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                await timer.WaitForNextTickAsync(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                // What has happened since the last time is still told.
            }

            lock (_lock)
            {
                var isLast = _stopping.IsCancellationRequested;
                lastPage = _pages.Count > 0 ? TimeProvider.System.GetTimestamp() : lastPage;
                if (_pages.Count > 0 || TimeProvider.System.GetElapsedTime(lastPage) <= Linger)
                {
                    Tell(isLast);
                    if (!isLast)
                    {
                        continue;
                    }

                    _pages.Send(OpenPages.Message("ended", TimeProvider.System.GetUtcNow()));
                }

                system.Changed -= Mark;
                figures.Watch(false);
                _seconds.Clear();
                _running = null;
                return;
            }
        }
    }

    private void Tell(bool isLast)
    {
        if (_isChanged || isLast)
        {
            _isChanged = false;
            _pages.Send(OpenPages.Message("shown", system.Describe()));
        }

        if (figures.TakeLegs() is { Count: > 0 } legs)
        {
            _pages.Send(OpenPages.Message("requests", legs.Select(leg => new object[] { leg.Key.From, leg.Key.To, leg.Key.Version, (int)leg.Key.Kind, leg.Value })));
        }

        if (isLast || TimeProvider.System.GetElapsedTime(_lastSecond).TotalSeconds >= 1)
        {
            _lastSecond = TimeProvider.System.GetTimestamp();
            var shown = system.Describe();
            var second = figures.EndSecond(shown.Versions.ToDictionary(version => version.Name, version => version.Share));

            // Until a change has been applied, routes of the new split answer beside those of the old one: nothing of that can be judged.
            second = shown.Applying ? second with { Routed = 0 } : second;
            _seconds.Enqueue(second);
            if (_seconds.Count > KeptSeconds)
            {
                _seconds.Dequeue();
            }

            _pages.Send(OpenPages.Message("second", second));
        }
    }
}
