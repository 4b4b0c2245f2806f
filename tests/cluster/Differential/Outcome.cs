using System.Text.Json;
using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What came of a probe: what the caller got and what the application saw.</summary>
internal sealed record Outcome(Reply Reply, Seen? Application)
{
    /// <summary>Timers of an event loop count from when it woke up, which may be a few milliseconds before the request came.</summary>
    private const double Slack = 10;

    private static readonly string[] OfTransport = ["date", "content-length", "transfer-encoding", "connection"];

    public int Status => Reply.Status;

    public string? Version => Application?.Version;

    // A route may remove the header that says what a body is.
    public static Outcome Of(Reply reply) =>
        new(reply, reply.Body.StartsWith("{\"version\":", StringComparison.Ordinal) ? JsonSerializer.Deserialize<Seen>(reply.Body, JsonSerializerOptions.Web) : null);

    /// <summary>All that must be the same on both sides, in one line.</summary>
    /// <param name="atLeast">How many milliseconds the answer takes at least.</param>
    public string Compared(int atLeast)
    {
        var early = Reply.ElapsedMilliseconds < atLeast - Slack ? $" after {Reply.ElapsedMilliseconds:0} ms already" : "";
        var what = Application is null ? $"'{Comparison.OfWords(Reply.Body)}'" : $"by {Describe(Application)}";
        return $"{Status}{early} {what} with {string.Join(", ", Shown())}";
    }

    /// <summary>What an application saw, in one line.</summary>
    public static string Describe(Seen seen) => $"{seen.Version}: {seen.Method} {seen.Target} {string.Join(", ", seen.Headers
        .Select(header => (header.Key, Value: Comparison.Of(header.Key, header.Value)))
        .Where(header => header.Value is not null)
        .OrderBy(header => header.Key, StringComparer.Ordinal)
        .Select(header => $"{header.Key}={header.Value}"))} '{seen.Body}'";

    // What the rehearsal says in words of its own it says as text.
    private IEnumerable<string> Shown() =>
        from header in Reply.Headers
        where !OfTransport.Contains(header.Key) && (header.Key != "content-type" || Comparison.OfWords(Reply.Body) == Reply.Body)
        orderby header.Key
        select header.Key == "x-envoy-upstream-service-time" ? header.Key : $"{header.Key}={header.Value}";
}
