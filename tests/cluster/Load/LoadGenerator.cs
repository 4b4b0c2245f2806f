using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using GopherMesh.Tests.Cluster.Harness;

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

    /// <summary>What has been answered so far.</summary>
    public Recording SoFar => new([.. _answers]);

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

/// <summary>Answers, and what can be asked of them.</summary>
internal sealed record Recording(IReadOnlyList<Answer> Answers)
{
    public int Count => Answers.Count;

    public IReadOnlyList<Answer> Failed => [.. Answers.Where(answer => !answer.IsGood)];

    /// <summary>From the sending of the first request to that of the last.</summary>
    public TimeSpan Sending => Stopwatch.GetElapsedTime(Answers.Min(answer => answer.Sent), Answers.Max(answer => answer.Sent));

    /// <summary>The answers to requests that were sent at this time or later.</summary>
    public Recording Since(long timestamp) => new([.. Answers.Where(answer => answer.Sent >= timestamp)]);

    /// <summary>The answers to requests that were sent before this time.</summary>
    public Recording Before(long timestamp) => new([.. Answers.Where(answer => answer.Sent < timestamp)]);

    /// <summary>How many requests a version answered.</summary>
    public int By(string version) => Answers.Count(answer => answer.Version == version);

    /// <summary>The latency that this share of the requests did not exceed, failures included.</summary>
    /// <param name="share">0 to 1, e.g. 0.99.</param>
    public TimeSpan Percentile(double share)
    {
        var sorted = Answers.Select(answer => answer.Latency).Order().ToList();
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }

    /// <summary>The answers that took the longest, failures included.</summary>
    public Recording Slowest(int count) => new([.. Answers.OrderByDescending(answer => answer.Latency).Take(count)]);

    /// <summary>The answers that ended after a moment, each with the time from then to its end, in that order.</summary>
    public IReadOnlyList<(TimeSpan After, Answer Answer)> EndedAfter(long moment) =>
        [.. Answers
            .Select(answer => (After: Stopwatch.GetElapsedTime(moment, answer.Sent) + answer.Latency, Answer: answer))
            .Where(ended => ended.After > TimeSpan.Zero)
            .OrderBy(ended => ended.After)];

    /// <summary>The failures in words, the most frequent first.</summary>
    public string Failures() => string.Join("; ", Failed
        .GroupBy(answer => answer.ToString())
        .OrderByDescending(group => group.Count())
        .Take(5)
        .Select(group => $"{group.Count()} x {group.Key}"));
}

/// <summary>One request and what came of it.</summary>
/// <param name="Number">Which request of its load it was, from 0.</param>
/// <param name="Sent">When it was sent, as a timestamp of Stopwatch.</param>
/// <param name="Latency">From then to the end of the answer.</param>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Text">The answer's first line, or the reason why there is none.</param>
internal sealed partial record Answer(int Number, long Sent, TimeSpan Latency, int Status, string Text)
{
    /// <summary>The distributor's version and pod, when the answer is one of the article's lines.</summary>
    private readonly Match _line = Article().Match(Text);

    public bool IsGood => Status == 200 && _line.Success;

    /// <summary>Which version answered, e.g. <c>v2</c>; null for a failure.</summary>
    public string? Version => IsGood ? $"v{_line.Groups["version"].Value}" : null;

    public string? Pod => IsGood ? _line.Groups["pod"].Value : null;

    public override string ToString() => $"{Status} {Text}";

    [GeneratedRegex(@"^Request >> Gopher Version (?<version>\d+) from pod (?<pod>[a-z0-9.-]+)( \([0-9a-f]{16}\))?$")]
    private static partial Regex Article();
}

/// <summary>A load that has ended proves nothing: who waits for its next answers is told.</summary>
[Collection(nameof(OneMesh))]
public sealed class EndedLoad(Mesh mesh)
{
    [ClusterFact]
    public async Task It_has_no_next_answers()
    {
        await using var load = LoadGenerator.Start(mesh.Gateway);
        await load.StopAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => load.NextAsync(1));
    }
}

/// <summary>Something happens while requests are sent.</summary>
internal static class UnderLoad
{
    /// <summary>Of all requests before, while and after something happens, no more than a number may fail.</summary>
    /// <param name="target">Where requests go.</param>
    /// <param name="bound">How many may fail.</param>
    /// <param name="what">What happens, in words.</param>
    /// <param name="happens">It, with the load under which it does.</param>
    public static async Task FailsAtMostAsync(Uri target, int bound, string what, Func<LoadGenerator, Task> happens)
    {
        await using var load = LoadGenerator.Start(target);
        await load.NextAsync(200);
        await happens(load);
        await load.NextAsync(400);

        var recording = await load.StopAsync();

        Report.Line($"{what}: {recording.Failed.Count} of {recording.Count} requests failed (bound {bound}) {recording.Failures()}");
        Assert.True(recording.Failed.Count <= bound, recording.Failures());
    }
}
