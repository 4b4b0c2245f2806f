using System.Text.Json;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Judge;

/// <summary>What the judge says after a look.</summary>
internal enum Verdict
{
    /// <summary>Neither of the others yet: wait, or decide by yourself.</summary>
    NotEnoughEvidence,

    /// <summary>A canary that is worse by more than the tolerance would have been caught: go on to the next step. Stays until the weight changes, unless the canary turns out worse.</summary>
    Cleared,

    /// <summary>The canary is worse than stable: take it back. Stays for the rest of the rollout.</summary>
    Worse,
}

/// <summary>What a look may be used for.</summary>
internal enum Phase
{
    /// <summary>The canary is new: only failures are judged, apart from later ones.</summary>
    WarmUp,

    /// <summary>The weight has just changed: failures are judged, latency and clearing are not.</summary>
    Settling,

    /// <summary>Everything is judged.</summary>
    Judged,
}

/// <summary>The cumulative counts at an instant.</summary>
/// <param name="At">When they were counted, since any fixed instant; where metrics are scraped, the time of the scrape.</param>
/// <param name="Weight">The canary's weight in force, percent, 0 to 100; at 0 the canary's counts are those of copies.</param>
/// <param name="Stable">Stable's counters by source (a pod, a proxy; "" where there is one); null if they are missing.</param>
/// <param name="Canary">The canary's counters by source; null if they are missing.</param>
internal sealed record Reading(
    TimeSpan At, int Weight, IReadOnlyDictionary<string, VersionCounts>? Stable, IReadOnlyDictionary<string, VersionCounts>? Canary)
{
    /// <summary>
    /// Whether the weight may be the one before or <see cref="Weight"/>, since it is being changed: only failures are judged then, and the time of
    /// settling begins again.
    /// </summary>
    public bool IsShifting { get; init; }

    /// <summary>
    /// How long before the last reading what is counted here since then may have been answered: counts that are scraped, or added to a histogram
    /// later than to the counters. The times of warm-up and settling end so much later.
    /// </summary>
    public TimeSpan Behind { get; init; }

    /// <summary>Where the counts come from, for people to read; empty where that goes without saying.</summary>
    public string From { get; init; } = "";
}

/// <summary>What the clearing of a step still needs, if the canary is as good as stable.</summary>
/// <param name="CanaryRequests">Requests of the canary; at least 1.</param>
/// <param name="Time">The time they take at the rate of this step; null if none have come.</param>
internal sealed record MissingEvidence(long CanaryRequests, TimeSpan? Time);

/// <summary>The judgement after a look.</summary>
/// <param name="Verdict">What to do.</param>
/// <param name="Worse">How far the evidence against the canary is, ln(e-value)/ln(1/alpha): 1 decides.</param>
/// <param name="WorstMetric">The metric with the most evidence against the canary: "failures" or "slower than BOUND".</param>
/// <param name="Cleared">How far the step is from being cleared, by the metric that is farthest, ln(e-value)/ln(1/beta): 1 decides.</param>
/// <param name="SlowestMetric">The metric that is farthest from being cleared.</param>
/// <param name="Missing">What the clearing needs; null when the step is cleared, when the canary is worse, or when it cannot be told.</param>
/// <param name="Phase">What the look was used for; null if it was not evidence.</param>
/// <param name="Remarks">Why the look, or a part of it, was not evidence; for people to read.</param>
/// <param name="Unanswered">Whether the canary answers fewer requests than its weight sends to it: it hangs, or its counts are missing.</param>
/// <param name="StableStep">What stable has answered in this step.</param>
/// <param name="CanaryStep">What the canary has answered in this step.</param>
internal sealed record JudgeLook(
    Verdict Verdict,
    double Worse,
    string WorstMetric,
    double Cleared,
    string SlowestMetric,
    MissingEvidence? Missing,
    Phase? Phase,
    IReadOnlyList<string> Remarks,
    bool Unanswered,
    VersionCounts StableStep,
    VersionCounts CanaryStep)
{
    /// <summary>The latency bounds of the counts by name, ascending; empty where the latency says nothing.</summary>
    public IReadOnlyList<string> Bounds { get; init; } = [];

    /// <summary>
    /// The latency of a share of the requests as the histogram knows it: <c>≤ 100 ms</c>, the smallest bound within which so many were answered, or
    /// <c>> 10000 ms</c> where the largest is exceeded. Null where nothing is known.
    /// </summary>
    /// <param name="step">What a version has answered in this step.</param>
    /// <param name="share">The share, 0.5 for the median.</param>
    public string? Latency(VersionCounts step, double share)
    {
        if (step.Times == 0 || Bounds.Count == 0 || step.Within.Count != Bounds.Count)
        {
            return null;
        }

        for (var bound = 0; bound < Bounds.Count; bound++)
        {
            if (step.Within[bound] >= share * step.Times)
            {
                return $"≤ {Bounds[bound]}";
            }
        }

        return $"> {Bounds[^1]}";
    }
}

/// <summary>A judgement as a line of JSON: the verdict, and the evidence that it rests on.</summary>
internal static class VerdictJson
{
    /// <summary>time, weight, verdict, worse, worstMetric, cleared, slowestMetric, missing, phase, unanswered, step, remarks.</summary>
    public static string Of(Reading reading, JudgeLook look) => JsonSerializer.Serialize(
        new
        {
            Time = reading.At.TotalSeconds,
            reading.Weight,
            Verdict = Name(look.Verdict),
            Worse = Rounded(look.Worse),
            look.WorstMetric,
            Cleared = Rounded(look.Cleared),
            look.SlowestMetric,
            Missing = look.Missing is { } missing
                ? new { missing.CanaryRequests, Seconds = missing.Time is { } time ? Math.Ceiling(time.TotalSeconds) : (double?)null }
                : null,
            Phase = look.Phase is { } phase ? Name(phase) : null,
            look.Unanswered,
            Step = new { Stable = Totals(look, look.StableStep), Canary = Totals(look, look.CanaryStep) },
            look.Remarks,
        },
        OutputJson.Line);

    private static object Totals(JudgeLook look, VersionCounts step) => new { step.Requests, step.Failures, P50 = look.Latency(step, 0.5), P99 = look.Latency(step, 0.99) };

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static double Rounded(double value) => Math.Round(value, 3);
}
