using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Gopherctl.Page;

/// <summary>
/// The pages that somebody has open, each a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
/// A message is made once for all of them. Not safe for several threads at once, but for <see cref="ServeAsync"/>.
/// </summary>
internal sealed class OpenPages
{
    // Of 20 messages a second; a page that is farther behind than that has gone to sleep, and begins again when it wakes.
    private const int MostBehind = 200;

    // At the end a page has so long to take what is still to be told.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly Dictionary<Channel<byte[]>, TaskCompletionSource> _pages = [];

    /// <summary>How many are open.</summary>
    public int Count => _pages.Count;

    /// <summary>A message.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="data">Becomes JSON.</param>
    public static byte[] Message<T>(string name, T data) => [.. Encoding.UTF8.GetBytes($"event: {name}\ndata: "), .. JsonSerializer.SerializeToUtf8Bytes(data, Json), .. "\n\n"u8];

    /// <summary>Begins to tell another page.</summary>
    /// <param name="first">What it is told first.</param>
    public Channel<byte[]> Add(params IEnumerable<byte[]> first)
    {
        var page = Channel.CreateBounded<byte[]>(MostBehind);

        // A browser waits so many milliseconds before it connects again; its own choice is several seconds.
        page.Writer.TryWrite([.. "retry: 1000\n\n"u8]);
        foreach (var message in first)
        {
            page.Writer.TryWrite(message);
        }

        _pages.Add(page, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return page;
    }

    /// <summary>Answers a page with what it is told, until it is closed or nothing is told any more.</summary>
    public static async Task ServeAsync(HttpContext context, Channel<byte[]> page)
    {
        try
        {
            context.Response.ContentType = "text/event-stream";
            await foreach (var message in page.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.Body.WriteAsync(message, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (Exception closed) when (closed is OperationCanceledException or IOException)
        {
            // Somebody has closed the page.
        }
    }

    /// <summary>Tells every page.</summary>
    public void Send(byte[] message)
    {
        foreach (var page in _pages.Keys.Where(page => !page.Writer.TryWrite(message)).ToList())
        {
            page.Writer.TryComplete();
            Remove(page);
        }
    }

    /// <summary>Forgets a page that was closed.</summary>
    public void Remove(Channel<byte[]> page)
    {
        if (_pages.Remove(page, out var gone))
        {
            gone.SetResult();
        }
    }

    /// <summary>Tells nothing any more.</summary>
    /// <returns>Ends when the pages have taken all that they were told, or after a second.</returns>
    public Task EndAsync()
    {
        foreach (var page in _pages.Keys)
        {
            page.Writer.TryComplete();
        }

        return Task.WhenAny(Task.WhenAll(_pages.Values.Select(gone => gone.Task)), Task.Delay(Patience));
    }
}
