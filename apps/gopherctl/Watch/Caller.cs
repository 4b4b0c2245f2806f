using System.Diagnostics;

namespace GopherMesh.Gopherctl.Watch;

/// <summary>Sends single requests as curl does: each over a connection of its own, following nothing.</summary>
internal sealed class Caller : IDisposable
{
    // Longer than any timeout that the mesh declares, so that its own answer is seen.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WatchOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, AllowAutoRedirect = false })
    {
        Timeout = Patience,
    };

    /// <summary>A caller of the options' address.</summary>
    public Caller(WatchOptions options, TimeProvider time) => (_options, _time) = (options, time);

    /// <summary>Sends one request.</summary>
    /// <exception cref="OperationCanceledException">The watch ended before the answer did.</exception>
    public async Task<WatchedAnswer> CallAsync(CancellationToken cancellation)
    {
        var at = _time.GetUtcNow();
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var response = await _http.SendAsync(Request(), cancellation);
            var body = await response.Content.ReadAsStringAsync(cancellation);
            return Answer((int)response.StatusCode, FirstLine(body) is { Length: > 0 } line ? line : response.ReasonPhrase ?? "");
        }
        catch (HttpRequestException failure)
        {
            return Answer(null, failure.InnerException?.Message ?? failure.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Answer(null, $"no answer within {Patience.TotalSeconds:0} s");
        }

        WatchedAnswer Answer(int? status, string text) => new(at, Stopwatch.GetElapsedTime(start), status, text);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _options.Url);
        foreach (var (name, value) in _options.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd('\r');
}
