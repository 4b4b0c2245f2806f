using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Gopherctl.Page;

/// <summary>
/// Tells every open page what happens, as server-sent events: <c>shown</c> (all but the figures, whole), <c>seconds</c> (the figures until
/// now), <c>second</c> and <c>requests</c>. Each is made once for all pages. Without a page nothing runs.
/// </summary>
/// <param name="system">The system that is shown.</param>
/// <param name="figures">The figures of its requests.</param>
/// <param name="stopping">Ends every stream.</param>
internal sealed class PageEvents(IPageSystem system, LiveFigures figures, CancellationToken stopping)
{
    /// <summary>The most pages at once.</summary>
    public const int MostPages = 20;

    private const int KeptSeconds = 300;

    // Of 20 messages a second; a page that is farther behind than that has gone to sleep, and begins anew when it wakes.
    private const int MostBehind = 200;

    // Short enough that a request is on the page within 300 ms, long enough that a message holds many.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // A page that is loaded anew finds its figures again.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly Lock _lock = new();
    private readonly List<Channel<byte[]>> _pages = [];
    private readonly Queue<Second> _seconds = new();
    private bool _isRunning;
    private volatile bool _isChanged;

    /// <summary>Answers a page with events until it goes.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var page = Channel.CreateBounded<byte[]>(MostBehind);
        if (!Add(page))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            context.Response.ContentType = "text/event-stream";
            await foreach (var message in page.Reader.ReadAllAsync(end.Token))
            {
                await context.Response.Body.WriteAsync(message, end.Token);
                await context.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The page was closed, or the command ends.
        }
        finally
        {
            lock (_lock)
            {
                _pages.Remove(page);
            }
        }
    }

    private static byte[] Message<T>(string name, T data) => [.. "event: "u8, .. System.Text.Encoding.UTF8.GetBytes(name), .. "\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(data, Json), .. "\n\n"u8];

    private bool Add(Channel<byte[]> page)
    {
        lock (_lock)
        {
            if (_pages.Count == MostPages)
            {
                return false;
            }

            page.Writer.TryWrite(Message("shown", system.Describe()));
            page.Writer.TryWrite(Message("seconds", _seconds));
            _pages.Add(page);
            if (!_isRunning)
            {
                _isRunning = true;
                figures.Watch(true);
                system.Changed += Mark;
                _ = RunAsync();
            }

            return true;
        }
    }

    private void Mark() => _isChanged = true;

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        var (lastSecond, lastPage) = (TimeProvider.System.GetTimestamp(), TimeProvider.System.GetTimestamp());
        while (true)
        {
            try
            {
                await timer.WaitForNextTickAsync(stopping);
            }
            catch (OperationCanceledException)
            {
                Stop();
                return;
            }

            lock (_lock)
            {
                lastPage = _pages.Count > 0 ? TimeProvider.System.GetTimestamp() : lastPage;
                if (TimeProvider.System.GetElapsedTime(lastPage) > Linger)
                {
                    Stop();
                    return;
                }

                Tell(ref lastSecond);
            }
        }
    }

    private void Tell(ref long lastSecond)
    {
        if (_isChanged)
        {
            _isChanged = false;
            Send(Message("shown", system.Describe()));
        }

        if (figures.TakeLegs() is { Count: > 0 } legs)
        {
            Send(Message("requests", legs.Select(leg => new object[] { leg.Key.From, leg.Key.To, leg.Key.Version, (int)leg.Key.Kind, leg.Value })));
        }

        if (TimeProvider.System.GetElapsedTime(lastSecond).TotalSeconds >= 1)
        {
            lastSecond = TimeProvider.System.GetTimestamp();
            var second = figures.EndSecond(system.Describe().Versions.ToDictionary(version => version.Name, version => version.Share));
            _seconds.Enqueue(second);
            if (_seconds.Count > KeptSeconds)
            {
                _seconds.Dequeue();
            }

            Send(Message("second", second));
        }
    }

    private void Send(byte[] message)
    {
        foreach (var page in _pages.Where(page => !page.Writer.TryWrite(message)).ToList())
        {
            page.Writer.TryComplete();
            _pages.Remove(page);
        }
    }

    private void Stop()
    {
        lock (_lock)
        {
            system.Changed -= Mark;
            figures.Watch(false);
            _seconds.Clear();
            _isRunning = false;
        }
    }
}
