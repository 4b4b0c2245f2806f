using System.Diagnostics;
using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

/// <summary>
/// What the story measured, in lines. Where a version leaves, its last answer is the last one under the old rule. Where none does, no
/// answer alone tells by which rule it came: at the dark launch v1 answers before and after, so what is told is when the first copy
/// came, and how many requests had none; at a new split, the last answers in a row that the new shares do not explain.
/// </summary>
internal static class ShiftReport
{
    /// <summary>
    /// How many answers in a row are judged by the new shares. Of an even split 50 of one version fall out of what
    /// <see cref="FalseAlarm"/> leaves, and still do 15 later: 70 ms of the load, by which the time is too long at most.
    /// </summary>
    private const int Window = 50;

    /// <summary>
    /// How often a window of the new rule is taken for one of the old: with a thousand windows, in one story of a thousand at most.
    /// </summary>
    private const double FalseAlarm = 1e-6;

    public static void Write(StoryRun run)
    {
        var everything = run.Everything;
        foreach (var (before, after) in run.Stages.Zip(run.Stages.Skip(1)))
        {
            Report.Line($"{before.Stage} -> {after.Stage}: {string.Join("; ", Shift(before, after, run))}");
        }

        var latency = $"p50 {Ms(everything.Percentile(0.5))}, p99 {Ms(everything.Percentile(0.99))}";
        var failed = $"{everything.Failed.Count} of {everything.Count} requests failed";
        Report.Line($"the whole story: {failed}; {run.Rate:0.0} requests/s as sent; {latency}");
    }

    private static IEnumerable<string> Shift(StageRun before, StageRun after, StoryRun run)
    {
        var ended = run.Everything.Before(after.InEffect).EndedAfter(after.Routed);
        var versions = before.Stage.Shares.Keys.Union(after.Stage.Shares.Keys).ToList();
        foreach (var leaving in versions.Where(version => before.Stage.Answers(version) && !after.Stage.Answers(version)))
        {
            yield return $"last answer of {leaving} {After(Last(ended, leaving))}";
        }

        foreach (var arriving in versions.Where(version => !before.Stage.Answers(version) && after.Stage.Answers(version)))
        {
            yield return $"first answer of {arriving} {After(First(ended, arriving))}";
        }

        if (after.FirstCopy is { } copy)
        {
            yield return $"first copy seen {After(Stopwatch.GetElapsedTime(after.Routed, copy))}";
            var load = TimeSpan.FromSeconds(run.Copies.Missing / run.Rate);
            yield return $"{run.Copies.Missing} requests sent after the apply had no copy, {Ms(load)} of the load";
        }
        else if (versions.TrueForAll(version => after.Stage.Answers(version)))
        {
            var last = After(LastUnexplained(ended, after.Stage));
            yield return $"last {Window} answers in a row that {after.Stage} does not explain ended {last} (one answer does not tell)";
        }

        yield return $"seen in effect at every proxy {After(Stopwatch.GetElapsedTime(after.Routed, after.InEffect))}";
    }

    private static TimeSpan? First(IEnumerable<(TimeSpan After, Answer Answer)> ended, string version) =>
        ended.Where(answer => answer.Answer.Version == version).Select(answer => (TimeSpan?)answer.After).FirstOrDefault();

    private static TimeSpan? Last(IEnumerable<(TimeSpan After, Answer Answer)> ended, string version) =>
        ended.Where(answer => answer.Answer.Version == version).Select(answer => (TimeSpan?)answer.After).LastOrDefault();

    private static TimeSpan? LastUnexplained(IReadOnlyList<(TimeSpan After, Answer Answer)> ended, Stage stage) =>
        Enumerable.Range(0, Math.Max(0, ended.Count - Window + 1))
            .Select(start => ended.Skip(start).Take(Window).ToList())
            .Where(window => !stage.Shares.All(share => Explains(share.Value, window.Count(answer => answer.Answer.Version == share.Key))))
            .Select(window => (TimeSpan?)window[^1].After)
            .LastOrDefault();

    private static bool Explains(int percent, int count) =>
        ShareTest.Acceptance(Window, percent / 100.0, FalseAlarm) is var (low, high) && count >= low && count <= high;

    private static string After(TimeSpan? time) => time is { } elapsed ? $"{Ms(elapsed)} after the apply" : "before the apply";

    private static string Ms(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
