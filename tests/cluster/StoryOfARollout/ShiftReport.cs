using System.Diagnostics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

/// <summary>What the story measured, in lines.</summary>
internal static class ShiftReport
{
    public static void Write(IReadOnlyList<StageRun> stages, Recording everything)
    {
        foreach (var (before, after) in stages.Zip(stages.Skip(1)))
            Report.Line($"{before.Stage} -> {after.Stage}: {Shift(before, after, everything)}");
        Report.Line($"the whole story: {everything.Failed.Count} of {everything.Count} requests failed; p50 {Ms(everything.Percentile(0.5))}, p99 {Ms(everything.Percentile(0.99))}");
    }

    private static string Shift(StageRun before, StageRun after, Recording everything)
    {
        var seen = $"seen in effect at every proxy {Ms(Stopwatch.GetElapsedTime(after.Routed, after.InEffect))} after the apply";
        var leaving = before.Stage.Shares.Keys.Where(version => !after.Stage.Answers(version)).ToHashSet();
        var last = everything.Before(after.InEffect).LastAnswerAfter(after.Routed, answer => leaving.Contains(answer.Version ?? ""));
        return leaving.Count == 0 ? seen : $"last answer of {string.Join(", ", leaving)} {(last is { } time ? $"{Ms(time)} after the apply" : "before the apply")}; {seen}";
    }

    private static string Ms(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
