using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace GopherMesh.Gopherctl.Watch;

/// <summary>Sends single requests as curl does: each over a connection of its own, following nothing.</summary>
internal sealed class Caller : IDisposable
{
    // Longer than any timeout that the mesh declares, so that its own answer is seen.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The limits of a shown line and of a body; both are far above the answers of the mesh's services.
    private const int MostShown = 4096;
    private const long MostBody = 64 * 1024 * 1024;

    private readonly WatchOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, AllowAutoRedirect = false, UseCookies = false })
    {
        // The client's own timeout would end with the answer's headers.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>A caller of the options' address.</summary>
    public Caller(WatchOptions options, TimeProvider time) => (_options, _time) = (options, time);

    /// <summary>Sends one request.</summary>
    /// <exception cref="OperationCanceledException">The watch ended before the answer did.</exception>
    public async Task<WatchedAnswer> CallAsync(CancellationToken cancellation)
    {
        var at = _time.GetUtcNow();
        var start = Stopwatch.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        var has = "no answer";
        try
        {
            using var response = await _http.SendAsync(Request(), HttpCompletionOption.ResponseHeadersRead, limit.Token);
            has = $"status {(int)response.StatusCode}, but no end of the answer";
            var line = await FirstLineAsync(response.Content, limit.Token);
            return Answer((int)response.StatusCode, line.Length > 0 ? line : response.ReasonPhrase ?? "");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return Answer(null, failure.InnerException?.Message ?? failure.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Answer(null, $"{has} within {Patience.TotalSeconds:0} s");
        }

        WatchedAnswer Answer(int? status, string text) => new(at, Stopwatch.GetElapsedTime(start), status, text);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _options.Url);
        foreach (var (name, value) in _options.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>
    /// The first line, cut to the length that is shown; the rest is read and dropped, so that the time is that of the whole answer.
    /// It is read as UTF-8, whatever charset the answer names; bytes that are not UTF-8 become replacement characters.
    /// </summary>
    private static async Task<string> FirstLineAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var body = await content.ReadAsStreamAsync(cancellation);
        var (line, chunk, isOver) = (new MemoryStream(), new byte[16 * 1024], false);
        var total = 0L;
        while (await body.ReadAsync(chunk, cancellation) is > 0 and var count && (total += count) <= MostBody)
        {
            var end = Array.IndexOf(chunk, (byte)'\n', 0, count);
            if (!isOver)
            {
                line.Write(chunk, 0, (int)Math.Min(end < 0 ? count : end, MostShown - line.Length));
                isOver = end >= 0 || line.Length == MostShown;
            }
        }

        return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r');
    }
}

/// <summary>The result of one request.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="Latency">From sending it to the end of the answer, or to the failure.</param>
/// <param name="Status">The status; null when there was no answer.</param>
/// <param name="Text">The answer's first line; without an answer, the reason.</param>
internal sealed partial record WatchedAnswer(DateTimeOffset At, TimeSpan Latency, int? Status, string Text)
{
    /// <summary>The version that answered, e.g. <c>v1</c>; null where the line names none.</summary>
    public string? Version => Gopher().Match(Text) is { Success: true } line ? $"v{line.Groups["version"].Value}" : null;

    /// <summary>The pod that answered; null where the line names none.</summary>
    public string? Pod => Gopher().Match(Text) is { Success: true } line ? line.Groups["pod"].Value : null;

    /// <summary>No answer, one whose status is none, or one that says that the caller or the system failed.</summary>
    public bool Failed => Status is null or < 100 or >= 400;

    [GeneratedRegex(@"Gopher Version (?<version>\d+) from pod (?<pod>[a-z0-9.-]+)")]
    private static partial Regex Gopher();
}
