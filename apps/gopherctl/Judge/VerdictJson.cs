using System.Text.Encodings.Web;
using System.Text.Json;

namespace GopherMesh.Gopherctl.Judge;

/// <summary>A judgement as a line of JSON: the verdict, and the evidence that it rests on.</summary>
internal static class VerdictJson
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

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
            Step = new { Stable = Totals(look.StableStep), Canary = Totals(look.CanaryStep) },
            look.Remarks,
        },
        Json);

    private static object Totals(VersionCounts counts) => new { counts.Requests, counts.Failures };

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static double Rounded(double value) => Math.Round(value, 3);
}
