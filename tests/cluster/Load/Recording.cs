using System.Diagnostics;
using System.Text.RegularExpressions;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Load;

/// <summary>Answers, and what can be asked of them.</summary>
internal sealed record Recording(IReadOnlyList<Answer> Answers)
{
    public int Count => Answers.Count;

    public IReadOnlyList<Answer> Failed => [.. Answers.Where(answer => !answer.IsGood)];

    /// <summary>The answers to requests that were sent at this time or later.</summary>
    public Recording Since(long timestamp) => new([.. Answers.Where(answer => answer.Sent >= timestamp)]);

    /// <summary>The answers to requests that were sent before this time.</summary>
    public Recording Before(long timestamp) => new([.. Answers.Where(answer => answer.Sent < timestamp)]);

    /// <summary>From the sending of the first request to that of the last.</summary>
    public TimeSpan Sending => Stopwatch.GetElapsedTime(Answers.Min(answer => answer.Sent), Answers.Max(answer => answer.Sent));

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
