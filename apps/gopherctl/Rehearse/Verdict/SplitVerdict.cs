using System.Globalization;
using GopherMesh.Gopherctl.Statistics;

namespace GopherMesh.Gopherctl.Rehearse.Verdict;

/// <summary>
/// Judges what was observed against what is declared. Versions are judged, single pods are not: least-request balancing spreads requests
/// more evenly over pods than chance would.
/// </summary>
internal static class SplitVerdict
{
    /// <summary>The requests that are sent by default for a split.</summary>
    public static int Requests(DeclaredSplit split) =>
        SampleSize.For([split.Aborted, .. split.Versions.SelectMany(version => (double[])[version.Share, version.Mirror])], FalseAlarmOfOne(split));

    /// <summary>Everything that is wrong, a sentence each; empty when all is as declared.</summary>
    public static IReadOnlyList<string> Findings(DeclaredSplit split, Tally tally) =>
    [
        .. Failures(split, tally),
        .. split.Versions.Select(version => ShareFinding(version, tally, FalseAlarmOfOne(split))).OfType<string>(),
        .. split.Versions.Select(version => MirrorFinding(version, tally, FalseAlarmOfOne(split))).OfType<string>(),
    ];

    // All tests together may be wrong once in 10,000. Of the shares, one follows from the others.
    private static double FalseAlarmOfOne(DeclaredSplit split)
    {
        var shares = split.Versions.Count(version => version.Share is > 0 and < 1);
        var tests = Math.Max(0, shares - 1) + (split.Aborted is > 0 and < 1 ? 1 : 0) + split.Versions.Count(version => version.Mirror is > 0 and < 1);
        return ShareTest.FalseAlarm / Math.Max(1, tests);
    }

    // Without faults on purpose no request may fail; with them as many as are declared, whatever their callers were told.
    private static IEnumerable<string> Failures(DeclaredSplit split, Tally tally)
    {
        var (low, high) = ShareTest.Acceptance(tally.Requests, split.Aborted, FalseAlarmOfOne(split));
        var told = tally.Failures.Select(failure => $"{failure.Value} of {tally.Requests} requests failed: {failure.Key}");
        return tally.Failed >= low && tally.Failed <= high ? []
            : split.Aborted > 0 ? [.. told, $"{tally.Failed} of {tally.Requests} requests failed; {Percent(split.Aborted)} is declared, which chance explains from {low} to {high}"]
            : told;
    }

    private static string? ShareFinding(DeclaredVersion version, Tally tally, double falseAlarm)
    {
        var answered = tally.AnsweredBy(version.Name);
        if (version.Share <= 0)
        {
            return answered == 0 ? null : $"{version.Name} answered {answered} requests; it is declared to answer none";
        }

        var (low, high) = ShareTest.Acceptance(tally.Answered, version.Share, falseAlarm);
        return answered >= low && answered <= high
            ? null
            : $"{version.Name} answered {answered} of {tally.Answered} ({Percent(answered, tally.Answered)}); {Percent(version.Share)} is declared, which chance explains from {low} to {high}";
    }

    private static string? MirrorFinding(DeclaredVersion version, Tally tally, double falseAlarm)
    {
        var copies = tally.MirroredTo(version.Name);
        var (low, high) = ShareTest.Acceptance(tally.Routed, version.Mirror, falseAlarm);
        return copies >= low && copies <= high
            ? null
            : $"{version.Name} received {copies} copies of {tally.Routed} requests; {Percent(version.Mirror)} is declared: {(low == high ? $"{low}" : $"{low} to {high}")}";
    }

    private static string Percent(int part, int whole) => whole == 0 ? "none" : Percent((double)part / whole);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");
}
