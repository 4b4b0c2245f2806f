using System.Diagnostics;

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
