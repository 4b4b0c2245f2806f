using System.Text.Json.Nodes;
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
    /// <summary>The keys whose values are others now; keys that either side lacks, and secrets, are not compared.</summary>
    public IReadOnlyList<string> ChangedIn(EffectiveConfig config) =>
        [.. config.Values.Where(now => Config?.GetValueOrDefault(now.Key) is { } then && !IsSame(then, now.Value)).Select(now => now.Key)];

    /// <summary>Whether it is the same update, rather than one with the same number.</summary>
    public bool Is(StackUpdate other) => (Version, Start) == (other.Version, other.Start);

    // Objects and arrays are JSON texts, and each writer has its own blanks and its own order of keys.
    private static bool IsSame(string one, string other) => one == other
        || (one is ['{' or '[', ..] && other is ['{' or '[', ..] && JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other)));
}
