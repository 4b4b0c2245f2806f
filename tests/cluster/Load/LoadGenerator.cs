using System.Collections.Concurrent;
using System.Diagnostics;

namespace GopherMesh.Tests.Cluster.Load;

/// <summary>
/// Sends requests at a constant rate, whether or not the earlier ones have been answered, as callers from outside do. Bounded in
/// number and in the requests under way: one that would exceed that is recorded as failed, not delayed.
/// </summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    /// <summary>Requests per second: a tenth above the 200 of which the limits of TrafficPolicies are reckoned.</summary>
    public const int Rate = 220;

    private const int MostUnderWay = 2_000;
    private const int MostRequests = 200_000;

    private readonly HttpClient _client = CreateClient();
    private readonly ConcurrentQueue<Answer> _answers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _target;
    private readonly Action<int, HttpRequestMessage>? _prepare;
    private readonly Task _sending;
    private int _underWay;

    private LoadGenerator(Uri target, int rate, int requests, Action<int, HttpRequestMessage>? prepare = null)
    {
        _target = target;
        _prepare = prepare;
        _sending = Task.Run(() => SendAsync(rate, requests));
    }

    /// <summary>Starts a load that goes on until <see cref="StopAsync"/>.</summary>
    public static LoadGenerator Start(Uri target, int rate = Rate) => new(target, rate, MostRequests);

    /// <summary>Sends a number of requests at the given rate, and waits for the last answer.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="requests">How many.</param>
    /// <param name="rate">How many a second.</param>
    /// <param name="prepare">What is done to a request, which is told by its number, from 0, before it is sent.</param>
    public static async Task<Recording> BatchAsync(
        Uri target, int requests, int rate = Rate, Action<int, HttpRequestMessage>? prepare = null)
    {
        await using var load = new LoadGenerator(target, rate, requests, prepare);
        await load._sending;
        return await load.StopAsync();
    }

    /// <summary>What has been answered so far.</summary>
    public Recording SoFar => new([.. _answers]);

    /// <summary>Waits until this many more requests have been sent and answered.</summary>
    /// <exception cref="InvalidOperationException">So many are not sent any more.</exception>
    public async Task<Recording> NextAsync(int requests)
    {
        var from = Stopwatch.GetTimestamp();
        var enough = _answers.Count + Volatile.Read(ref _underWay) + requests;
        while (_answers.Count < enough)
        {
            if (_sending.IsCompleted)
            {
                throw new InvalidOperationException($"the load has ended; {requests} more answers were expected", _sending.Exception);
            }

            await Task.Delay(50);
        }

        return SoFar.Since(from);
    }

    /// <summary>Sends no more and waits for the last answer.</summary>
    public async Task<Recording> StopAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        while (Volatile.Read(ref _underWay) > 0)
        {
            await Task.Delay(10);
        }

        return SoFar;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(int rate, int requests)
    {
        var start = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < requests && !_stop.IsCancellationRequested;)
        {
            var due = Math.Min(requests, 1 + (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * rate));
            for (; sent < due; sent++)
            {
                _ = SendOneAsync(sent);
            }

            await Task.Delay(2);
        }
    }

    private async Task SendOneAsync(int number)
    {
        var sent = Stopwatch.GetTimestamp();
        var (status, text) = Interlocked.Increment(ref _underWay) > MostUnderWay
            ? (0, "not sent: too many requests under way")
            : await AskAsync(number);
        _answers.Enqueue(new Answer(number, sent, Stopwatch.GetElapsedTime(sent), status, text));
        Interlocked.Decrement(ref _underWay);
    }

    private async Task<(int Status, string Text)> AskAsync(int number)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _target);
            _prepare?.Invoke(number, request);
            using var response = await _client.SendAsync(request);
            return ((int)response.StatusCode, (await response.Content.ReadAsStringAsync()).TrimEnd());
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return (0, exception.Message);
        }
    }

    private static HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false };
        // Longer than every timeout that the stack declares, so that it is the mesh that gives up.
        return new(handler) { Timeout = TimeSpan.FromSeconds(20) };
    }
}
