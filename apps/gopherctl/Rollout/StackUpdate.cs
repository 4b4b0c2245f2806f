using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>One update in a stack's history.</summary>
/// <param name="Version">Its number, from 1; 0 where the backend gives none.</param>
/// <param name="Message">The message that it was started with.</param>
/// <param name="Result">How it ended: <c>succeeded</c>, <c>failed</c> or <c>in-progress</c>.</param>
/// <param name="Start">When it began.</param>
/// <param name="Config">The configuration that it deployed, by full key and without secrets; null where the backend does not keep it.</param>
internal sealed record StackUpdate(int Version, string Message, string Result, DateTimeOffset Start, IReadOnlyDictionary<string, string>? Config = null)
{
    /// <summary>Whether it was to take a canary back: of a rollout, of <c>--abort</c> or of <c>shift 0</c>.</summary>
    public bool IsWayBack => UpdateMessage.IsWayBack(Message);

    /// <summary>It in a few words.</summary>
    public string InWords => string.Create(CultureInfo.InvariantCulture, $"update {Version} ({Message})");

    /// <summary>The keys whose values are others now; keys that either side lacks, and secrets, are not compared.</summary>
    public IReadOnlyList<string> ChangedIn(EffectiveConfig config) =>
        [.. config.Values.Where(now => Config?.GetValueOrDefault(now.Key) is { } then && !IsSame(then, now.Value)).Select(now => now.Key)];

    /// <summary>The versions that it deployed, or was to; null where the backend does not keep its configuration.</summary>
    /// <param name="config">Names the project, and has what the update did not set.</param>
    public StackState? StateIn(EffectiveConfig config)
    {
        return Config is null ? null : new(
            Value(RolloutPlan.StableKey),
            Value(RolloutPlan.CanaryKey) is { Length: > 0 } canary ? canary : null,
            int.TryParse(Value(RolloutPlan.WeightKey), NumberStyles.None, CultureInfo.InvariantCulture, out var weight) ? weight : 0);

        string Value(string key) => Config.GetValueOrDefault($"{config.Project}:{key}") ?? config.Value(key);
    }

    /// <summary>One of those that <c>pulumi stack history --json</c> prints.</summary>
    public static StackUpdate Of(JsonElement update) => new(
        update.TryGetProperty("version", out var version) ? version.GetInt32() : 0,
        update.TryGetProperty("message", out var message) ? message.GetString() ?? "" : "",
        update.TryGetProperty("result", out var result) ? result.GetString() ?? "" : "",
        update.TryGetProperty("startTime", out var start)
            ? DateTimeOffset.Parse(start.GetString() ?? "", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : default,
        update.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object
            ? config.EnumerateObject().Where(IsPlain).ToDictionary(entry => entry.Name, entry => entry.Value.GetProperty("value").ToString())
            : null);

    /// <summary>Whether it is the same update, rather than one with the same number.</summary>
    public bool Is(StackUpdate other) => (Version, Start) == (other.Version, other.Start);

    // Objects and arrays are JSON texts, and each writer has its own blanks and its own order of keys.
    private static bool IsSame(string one, string other) => one == other
        || (one is ['{' or '[', ..] && other is ['{' or '[', ..] && JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other)));

    private static bool IsPlain(JsonProperty entry) =>
        entry.Value.TryGetProperty("value", out _) && !(entry.Value.TryGetProperty("secret", out var secret) && secret.GetBoolean());
}

/// <summary>
/// The messages of updates: the log of a rollout, and what a later run knows an earlier one by, as after a kill. Whoever starts an update writes
/// its message here, and whoever asks what one was for reads it here.
/// </summary>
internal static partial class UpdateMessage
{
    /// <summary>Of a stage that is deployed.</summary>
    public static string Stage(string canary, RolloutStage stage) => $"rollout {canary}: {stage.Title}";

    /// <summary>Of a rollout that takes its canary back.</summary>
    public static string TakenBack(string canary, RolloutStage stage, string reason) => $"rollout {canary}: taken back at {stage.Title}: {reason}";

    /// <summary>Of a person who takes the canary back.</summary>
    public static string Aborted(string canary) => $"rollout {canary}: aborted";

    /// <summary>Of a person who sets the weight; 0 is a way back.</summary>
    public static string Shift(int percent) => string.Create(CultureInfo.InvariantCulture, $"shift to {percent} %");

    /// <summary>Whether a rollout, or its abort, has written it.</summary>
    public static bool IsOfRollout(string message) => message.StartsWith("rollout ", StringComparison.Ordinal);

    /// <summary>Whether it is of an update that takes a canary back.</summary>
    public static bool IsWayBack(string message) => Back().IsMatch(message);

    [GeneratedRegex("^(rollout [^ ]+: (taken back at |aborted)|shift to 0 %)")]
    private static partial Regex Back();
}
