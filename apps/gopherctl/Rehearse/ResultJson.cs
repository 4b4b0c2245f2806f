using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>A rehearsal as one JSON object. Shares are percentages.</summary>
internal static class ResultJson
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>sdk, stack, requests, failed, declared, observed, pods, mirrored, verdict.</summary>
    public static string Of(string stack, RehearsalResult result)
    {
        var (split, tally) = (result.Split, result.Tally);
        return new JsonObject
        {
            ["sdk"] = ProgramEvaluator.Sdk,
            ["stack"] = stack,
            ["requests"] = tally.Requests,
            ["failed"] = tally.Failed,
            ["declared"] = Versions(result, version => new JsonObject
            {
                ["percent"] = Percent(split.Versions.Single(declared => declared.Name == version).Share),
                ["mirrorPercent"] = Percent(split.Versions.Single(declared => declared.Name == version).Mirror),
            }),
            ["observed"] = Versions(result, version => new JsonObject
            {
                ["answered"] = tally.AnsweredBy(version),
                ["percent"] = tally.Answered == 0 ? 0 : Percent((double)tally.AnsweredBy(version) / tally.Answered),
            }),
            ["pods"] = new JsonArray([.. tally.Pods.Select(pod => new JsonObject
            {
                ["name"] = pod.Name,
                ["version"] = pod.Version,
                ["answered"] = pod.Answered,
                ["mirrored"] = pod.Mirrored,
            })]),
            ["mirrored"] = Versions(result, version => tally.MirroredTo(version)),
            ["verdict"] = new JsonObject
            {
                ["good"] = result.IsGood,
                ["findings"] = new JsonArray([.. result.Findings.Select(finding => JsonValue.Create(finding))]),
            },
        }.ToJsonString(Readable);
    }

    private static JsonObject Versions(RehearsalResult result, Func<string, JsonNode?> value) =>
        new(result.Split.Versions.Select(version => KeyValuePair.Create(version.Name, value(version.Name))));

    private static double Percent(double share) => Math.Round(share * 100, 2);
}
