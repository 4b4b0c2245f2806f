using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Statistics;

namespace GopherMesh.Gopherctl.Rehearse.Verdict;

/// <summary>The counts of a rehearsal's answers and copies.</summary>
/// <param name="Requests">The requests that were sent.</param>
/// <param name="Failures">Why requests failed, and how often each.</param>
/// <param name="Pods">The versions' pods, with what each answered and got copies of.</param>
/// <param name="Routed">The requests to the versions' host that callers' proxies routed: those that could be copied.</param>
internal sealed record Tally(int Requests, IReadOnlyDictionary<string, int> Failures, IReadOnlyList<PodTally> Pods, int Routed)
{
    /// <summary>How many requests failed.</summary>
    public int Failed => Failures.Values.Sum();

    /// <summary>How many requests the versions answered.</summary>
    public int Answered => Requests - Failed;

    /// <summary>Sums up answers by the pods that gave them; an answer of a pod that is in no version counts as failed.</summary>
    public static Tally Of(
        IReadOnlyList<Answer> answers, DeclaredSplit split, IReadOnlyList<PodEndpoint> pods, IReadOnlyDictionary<string, int> mirrored, int routed)
    {
        var versions = (from pod in pods
                        let version = split.VersionOf(pod.Labels)
                        where version is not null
                        orderby version, pod.Pod
                        select (pod.Pod, version)).ToList();
        var names = versions.Select(pod => pod.Pod).ToHashSet();
        var failures = answers
            .Select(answer => answer.Failure ?? (names.Contains(answer.Pod!) ? null : $"the pod {answer.Pod} is of no declared version"))
            .OfType<string>()
            .CountBy(failure => failure)
            .OrderByDescending(failure => failure.Value)
            .ToDictionary();
        var answered = answers.Where(answer => answer.Failure is null).CountBy(answer => answer.Pod!).ToDictionary();
        return new Tally(answers.Count, failures, Routed: routed, Pods:
            [.. versions.Select(pod => new PodTally(pod.Pod, pod.version, answered.GetValueOrDefault(pod.Pod), mirrored.GetValueOrDefault(pod.Pod)))]);
    }

    /// <summary>How many requests a version answered.</summary>
    public int AnsweredBy(string version) => Pods.Where(pod => pod.Version == version).Sum(pod => pod.Answered);

    /// <summary>How many copies a version received.</summary>
    public int MirroredTo(string version) => Pods.Where(pod => pod.Version == version).Sum(pod => pod.Mirrored);
}

/// <summary>A pod's part.</summary>
/// <param name="Name">The pod's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Answered">The requests that it answered.</param>
/// <param name="Mirrored">The copies that it received.</param>
internal sealed record PodTally(string Name, string Version, int Answered, int Mirrored);

/// <summary>Counts what only the proxies see: copies that reached a pod, and requests to a host that its callers made.</summary>
internal sealed class RequestCounter : IRequestObserver
{
    private readonly ConcurrentDictionary<string, StrongBox<int>> _mirrored = new();
    private readonly ConcurrentDictionary<string, StrongBox<int>> _routed = new();

    /// <summary>The copies that each pod has received until now.</summary>
    public IReadOnlyDictionary<string, int> Mirrored => _mirrored.ToDictionary(count => count.Key, count => Volatile.Read(ref count.Value.Value));

    /// <inheritdoc/>
    public void OnRequest(in RequestReport report)
    {
        if (report is { Mirrored: true, Reporter: Reporter.Destination, Destination: { } pod })
        {
            Count(_mirrored, pod.Pod);
        }
        else if (report is { Mirrored: false, Reporter: Reporter.Source, DestinationHost: { } host })
        {
            Count(_routed, host);
        }
    }

    /// <summary>The requests to a host that its callers' proxies have routed until now, copies not among them.</summary>
    public int Routed(string host) => _routed.TryGetValue(host, out var count) ? Volatile.Read(ref count.Value) : 0;

    private static void Count(ConcurrentDictionary<string, StrongBox<int>> counts, string key) =>
        Interlocked.Increment(ref counts.GetOrAdd(key, _ => new StrongBox<int>()).Value);
}

/// <summary>Passes each report to several observers.</summary>
internal sealed class Observers(params IRequestObserver[] observers) : IRequestObserver
{
    /// <inheritdoc/>
    public void OnRequest(in RequestReport report)
    {
        foreach (var observer in observers)
        {
            observer.OnRequest(report);
        }
    }

    /// <inheritdoc/>
    public void OnEjection(EjectionReport report)
    {
        foreach (var observer in observers)
        {
            observer.OnEjection(report);
        }
    }
}

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
