using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>What one side made of a configuration.</summary>
/// <param name="Denied">The objects that are not taken, by kind and name.</param>
/// <param name="Outcomes">For each request all that came of it: one line, or several where chance decides.</param>
internal sealed record Answers(string[] Denied, string[][] Outcomes)
{
    /// <summary>Stands at the end of an outcome that took as long as a declared delay.</summary>
    public const string Late = " late";

    /// <summary>
    /// How often a request is sent where chance decides. The rarest outcome comes at least one time in four, so that either side misses it
    /// once in 99,000 requests (0.75^40); a difference is believed when it shows three times.
    /// </summary>
    public const int Repetitions = 40;

    /// <summary>What configurations delay an answer by; timers of an event loop may be a few milliseconds early.</summary>
    private const double Delay = 600 - 10;

    /// <summary>What differs, a line each.</summary>
    public IEnumerable<string> DifferencesTo(Answers rehearsal, Draft draft)
    {
        if (!Denied.SequenceEqual(rehearsal.Denied))
        {
            return [$"Istio denies {Listed(Denied)}, the rehearsal {Listed(rehearsal.Denied)}"];
        }

        return Outcomes.Zip(rehearsal.Outcomes, draft.Probes)
            .Where(probe => !AreSame(probe.First, probe.Second))
            .Select(probe => $"{probe.Third}\n    Envoy:     {string.Join("\n               ", probe.First)}"
                + $"\n    rehearsal: {string.Join("\n               ", probe.Second)}");
    }

    /// <summary>The requests that show a difference; all of them where it is one of admission.</summary>
    public ProbeDraft[] Showing(Answers rehearsal, Draft draft) => Denied.SequenceEqual(rehearsal.Denied)
        ? [.. draft.Probes.Where((_, index) => !AreSame(Outcomes[index], rehearsal.Outcomes[index]))]
        : [];

    /// <summary>One request's outcome as it is compared: the answer, and what else the versions received of it.</summary>
    public static string Line(Draft draft, ProbeDraft probe, string name, Sent sent)
    {
        var outcome = Outcome.Of(sent.Reply);
        var isSlow = probe.Headers.Any(header => header.Text == Pieces.Slow);
        var late = draft.HasDelay && !isSlow && sent.Reply.ElapsedMilliseconds >= Delay ? Late : "";
        var others = sent.Received.Select(entry => outcome.Version == entry.Version && entry.Received.Count == 1
            ? ""
            : $"; {entry.Version} received {entry.Received.Count}"
                + (outcome.Version == entry.Version ? "" : $", last {Outcome.Describe(entry.Received.Last)}"));
        return (outcome.Compared(0) + string.Concat(others) + late)
            .Replace(sent.Id, "{id}", StringComparison.Ordinal)
            .Replace(name.ToUpperInvariant(), "{NAME}", StringComparison.Ordinal)
            .Replace(name, "{name}", StringComparison.Ordinal);
    }

    // The rehearsal may be late on a busy machine, but not early.
    private static bool AreSame(string[] envoy, string[] rehearsal)
    {
        var isLate = Array.Exists(envoy, line => line.EndsWith(Late, StringComparison.Ordinal));
        return envoy.SequenceEqual(isLate ? rehearsal : [.. rehearsal.Select(WithoutLate).Distinct()]);
    }

    private static string WithoutLate(string line) => line.EndsWith(Late, StringComparison.Ordinal) ? line[..^Late.Length] : line;

    private static string Listed(string[] denied) => denied.Length == 0 ? "nothing" : string.Join(" and ", denied);
}

/// <summary>A request that was sent once.</summary>
internal sealed record Sent(string Id, Reply Reply, IReadOnlyList<(string Version, Received Received)> Received);
