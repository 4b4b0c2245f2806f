using System.Diagnostics;
using GopherMesh.Tests.Cluster.Load;

namespace GopherMesh.Tests.Cluster.Tracing;

/// <summary>Asks the gateway as a caller that knows nothing of traces.</summary>
internal sealed class TracedCaller(Uri gateway) : IDisposable
{
    // Without a propagator no header of a trace is sent, whatever this process itself records.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });

    private int _asked;

    /// <summary>Asks once.</summary>
    /// <param name="name">What the caller calls itself, by which its request is found again.</param>
    /// <param name="traceparent">The trace to which the caller says that its request belongs (W3C Trace Context); null for none.</param>
    public async Task<Answer> AskAsync(string name, string? traceparent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway);
        request.Headers.TryAddWithoutValidation("User-Agent", name);
        if (traceparent is not null)
        {
            request.Headers.Add("traceparent", traceparent);
        }

        var sent = Stopwatch.GetTimestamp();
        using var response = await _client.SendAsync(request);
        var text = (await response.Content.ReadAsStringAsync()).TrimEnd();
        var answer = new Answer(_asked++, sent, Stopwatch.GetElapsedTime(sent), (int)response.StatusCode, text);
        Assert.True(answer.IsGood, $"{answer}");
        return answer;
    }

    public void Dispose() => _client.Dispose();
}
