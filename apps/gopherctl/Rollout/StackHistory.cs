using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>What a stack's history, configuration and routes say of a rollout: what was left by another one, and what others have done since.</summary>
/// <param name="pulumi">Gives the history.</param>
/// <param name="cluster">Gives the weights in force.</param>
/// <param name="config">Reads the configuration as it is now.</param>
/// <param name="note">Told what a person should know.</param>
internal sealed class StackHistory(PulumiCli pulumi, StackCluster cluster, Func<EffectiveConfig> config, Action<string> note)
{
    private readonly IReadOnlyDictionary<string, Guid> _program = BuiltProgram.Assemblies();
    private Task<StackUpdate?> _update = Task.FromResult<StackUpdate?>(null);
    private string? _message;

    /// <summary>Says that an update of this rollout has ended: the newest one is its own.</summary>
    /// <param name="message">Its message.</param>
    /// <param name="cancellation">Gives up looking it up.</param>
    public void Updated(string message, CancellationToken cancellation) => (_update, _message) = (LastUpdateAsync(cancellation), message);

    /// <inheritdoc cref="IRolloutTarget.StandingAsync"/>
    public async Task<(Standing Standing, int InForce)> StandingAsync(StackState state, CancellationToken cancellation)
    {
        _update = LastUpdateAsync(cancellation);
        var last = await _update;
        var changed = last?.ChangedIn(config()) ?? [];
        var isOther = state.Canary is not null && last is { Result: "succeeded" } && !BuiltProgram.IsOf(last.Message);
        var isDeployed = last is { Result: "succeeded" } && changed.Count == 0 && !isOther;
        if (isDeployed && state.Canary is null)
        {
            return (Standing.Deployed, 100);
        }

        var weights = await cluster.WeightsAsync(state.Canary ?? state.Stable, cancellation);
        var inForce = weights.Length > 0 ? weights.Min() : 0;
        if (isDeployed)
        {
            if (state.Weight == 0 && last!.IsWayBack)
            {
                note($"the last update took {state.Canary} back ({last.Message}): the rollout begins again with the dark launch");
            }

            return (state.Weight > 0 && weights is [0] ? Standing.BeingTakenBack : Standing.Deployed, inForce);
        }

        if (state is { Canary: not null, Weight: 0 } && last is { } newest && (newest.Result == "succeeded" ? changed.Any(IsWeight) : newest.IsWayBack))
        {
            return (Standing.BeingTakenBack, inForce);
        }

        if (last is { Result: "succeeded" } && changed.Where(key => !IsWeight(key)).ToList() is [_, ..] others)
        {
            note($"the configuration has changed since the last update ({string.Join(", ", others)}): that is deployed first");
        }

        if (isOther)
        {
            note("the program is not the one that the last update deployed: it is deployed first");
        }

        return (Standing.NotDeployed, inForce);
    }

    /// <inheritdoc cref="IRolloutTarget.ForeignChangeAsync"/>
    public async Task<string?> ForeignChangeAsync(StackState expected, CancellationToken cancellation)
    {
        if (StackState.Of(config()) is var found && found != expected)
        {
            return $"somebody changed the configuration: it says {found}, this rollout left {expected}";
        }

        if (await _update is { } last && last.ChangedIn(config()) is [_, ..] changed)
        {
            return $"somebody changed the configuration: the next step would also deploy {string.Join(", ", changed)}";
        }

        if (BuiltProgram.Assemblies().Where(assembly => _program.GetValueOrDefault(assembly.Key) != assembly.Value).Select(assembly => assembly.Key).ToList() is [_, ..] built)
        {
            return $"the program was built again: the next step would also deploy what has changed in {string.Join(", ", built)}";
        }

        // By its message too: another one may have come before ours was looked up.
        if (await LastUpdateAsync(cancellation) is { } newest && await _update is { } own && (!newest.Is(own) || newest.Message != (_message ?? newest.Message)))
        {
            return $"somebody updated the stack (update {newest.Version}: {newest.Message})";
        }

        if (expected.Canary is not { } canary)
        {
            return null;
        }

        // At weight 0 there may be no route to the canary.
        var weights = await cluster.WeightsAsync(canary, cancellation);
        return (weights.Length == 0 && expected.Weight > 0) || Array.Exists(weights, weight => weight != expected.Weight)
            ? $"somebody changed the weights on the cluster: the VirtualService gives {canary} {(weights.Length > 0 ? string.Join(" and ", weights) : "no")} %, the stack {expected.Weight} %; pulumi up --refresh takes it back"
            : null;
    }

    private static bool IsWeight(string key) => key.EndsWith($":{RolloutPlan.WeightKey}", StringComparison.Ordinal);

    private async Task<StackUpdate?> LastUpdateAsync(CancellationToken cancellation) => await pulumi.HistoryAsync(1, cancellation) is [{ } newest, ..] ? newest : null;
}

/// <summary>One update in a stack's history.</summary>
/// <param name="Version">Its number, from 1; 0 where the backend gives none.</param>
/// <param name="Message">The message that it was started with.</param>
/// <param name="Result">How it ended: <c>succeeded</c>, <c>failed</c> or <c>in-progress</c>.</param>
/// <param name="Start">When it began.</param>
/// <param name="Config">The configuration that it deployed, by full key and without secrets; null where the backend does not keep it.</param>
internal sealed record StackUpdate(int Version, string Message, string Result, DateTimeOffset Start, IReadOnlyDictionary<string, string>? Config = null)
{
    /// <summary>Whether it was to take a canary back: of a rollout, of <c>--abort</c> or of <c>shift 0</c>, by their messages.</summary>
    public bool IsWayBack => Message.Contains(": taken back at ", StringComparison.Ordinal) || Message.Contains(": aborted", StringComparison.Ordinal) || Message.StartsWith("shift to 0 %", StringComparison.Ordinal);

    /// <summary>The keys whose values are others now; keys that either side lacks, and secrets, are not compared.</summary>
    public IReadOnlyList<string> ChangedIn(EffectiveConfig config) =>
        [.. config.Values.Where(now => Config?.GetValueOrDefault(now.Key) is { } then && !IsSame(then, now.Value)).Select(now => now.Key)];

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
