using System.Text.RegularExpressions;

namespace GopherMesh.Gopherctl.Rehearse.Verdict;

/// <summary>Sends requests to the gateway as a caller outside the cluster does.</summary>
/// <param name="gateway">The gateway's address.</param>
/// <param name="host">The host that the caller asks for.</param>
internal sealed class LoadGenerator(Uri gateway, string host) : IDisposable
{
    /// <summary>How many requests are under way at once: enough to keep two cores busy, few enough that none waits for long.</summary>
    public const int Concurrency = 16;

    // Above every timeout that is declared, so that the mesh's own answer is seen.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Each request is a new caller's, without a cookie of an earlier answer.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = Concurrency })
    {
        BaseAddress = gateway,
        Timeout = Patience,
    };

    /// <summary>Sends so many requests, and tells each answer as it comes, one at a time.</summary>
    public async Task SendAsync(int requests, Action<Answer> answered, CancellationToken cancellation)
    {
        var (sent, telling) = (0, new Lock());
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Concurrency, requests)).Select(_ => SendInTurnAsync()));

        async Task SendInTurnAsync()
        {
            while (Interlocked.Increment(ref sent) <= requests)
            {
                var answer = await GetAsync(cancellation);
                lock (telling)
                {
                    answered(answer);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<Answer> GetAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = host;
        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            return Answer.From((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException exception)
        {
            return Answer.None(exception.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Answer.None($"no answer within {Patience.TotalSeconds} s");
        }
    }
}

/// <summary>What a caller got for one request.</summary>
/// <param name="Text">The answer's line.</param>
/// <param name="Pod">The pod that the line names; null when it names none.</param>
/// <param name="Failure">Why the request counts as failed; null when it was answered.</param>
internal sealed partial record Answer(string Text, string? Pod, string? Failure)
{
    /// <summary>An answer as it came.</summary>
    public static Answer From(int status, string body)
    {
        var text = body.TrimEnd('\r', '\n');
        var pod = PodName().Match(text) is { Success: true } match ? match.Groups["pod"].Value : null;
        return new Answer(text, pod, (status, pod) switch
        {
            (not 200, _) => $"status {status}: {FirstLine(text)}",
            (_, null) => $"the answer names no pod: {FirstLine(text)}",
            _ => null,
        });
    }

    /// <summary>No answer at all.</summary>
    public static Answer None(string reason) => new("", null, reason);

    private static string FirstLine(string text) => text.Split('\n')[0];

    [GeneratedRegex(@" from pod (?<pod>[a-z0-9.-]+)")]
    private static partial Regex PodName();
}
