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

    public Recording And(Recording other) => new([.. Answers, .. other.Answers]);

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

    /// <summary>From a moment to the end of the last answer that satisfies a condition; null when none does.</summary>
    public TimeSpan? LastAnswerAfter(long moment, Func<Answer, bool> condition) =>
        Answers.Where(condition)
            .Select(answer => Stopwatch.GetElapsedTime(moment, answer.Sent) + answer.Latency)
            .Where(elapsed => elapsed > TimeSpan.Zero)
            .Select(elapsed => (TimeSpan?)elapsed)
            .Max();

    /// <summary>The failures in words, the most frequent first.</summary>
    public string Failures() => string.Join("; ", Failed
        .GroupBy(answer => answer.ToString())
        .OrderByDescending(group => group.Count())
        .Take(5)
        .Select(group => $"{group.Count()} x {group.Key}"));
}
