using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Routing;

/// <summary>
/// How a caller stays with the version that answered first: the answer of each version sets a cookie, and a route for each cookie stands
/// before the weights.
/// </summary>
/// <remarks>
/// The stable version's cookie holds at one weight alone: those who have it take part in the draw again when the weight rises, or a rollout
/// that is shorter than the cookie's life would reach new callers only. The canary's holds at every weight above 0. At 0 none does, and
/// every answer takes it away, so that a second try of the same canary begins with the weights and not with the callers of the first.
/// </remarks>
/// <param name="Kept">The versions whose callers stay, and the value of the cookie that keeps them, the canary first.</param>
/// <param name="Seconds">The life of a cookie from the answer that set it, in seconds; 0 takes it away.</param>
/// <param name="Stable">The version that takes it away.</param>
public sealed record StickyCallers(ImmutableArray<(string Version, string Value)> Kept, int Seconds, string Stable)
{
    /// <summary>How the names of the routes begin whose requests have a cookie.</summary>
    public const string RoutePrefix = "sticky-";

    /// <summary>The cookies of <paramref name="rollout"/>; null where callers do not stay.</summary>
    public static StickyCallers? For(RolloutSettings rollout) => rollout switch
    {
        { StickyMinutes: 0 } or { Canary: null } => null,
        { CanaryWeight: 0 } => new([], 0, rollout.Stable),
        { Canary: { } canary, CanaryWeight: 100 } => new([(canary, canary)], rollout.StickyMinutes * 60, rollout.Stable),
        { Canary: { } canary } => new([(canary, canary), (rollout.Stable, AtWeight(rollout))], rollout.StickyMinutes * 60, rollout.Stable),
    };

    /// <summary>What the answers of a version say in <c>set-cookie</c> (RFC 6265, section 4.1); null for nothing.</summary>
    /// <param name="version">The version that answers.</param>
    /// <param name="cookie">The cookie's name.</param>
    public string? SetBy(string version, string cookie) =>
        Kept.IsEmpty ? (version == Stable ? Text(cookie, "") : null)
        : Kept.FirstOrDefault(kept => kept.Version == version).Value is { } value ? Text(cookie, value) : null;

    /// <summary>The regular expression (RE2) that a request's header <c>cookie</c> matches as a whole if it has the cookie with that value.</summary>
    public static string Pattern(string cookie, string value) =>
        $"(.*; ?)?{cookie}={value.Replace(".", "[.]", StringComparison.Ordinal)}(;.*)?";

    // No version's name has a full stop.
    private static string AtWeight(RolloutSettings rollout) => string.Create(CultureInfo.InvariantCulture, $"{rollout.Stable}.{rollout.CanaryWeight}");

    // Not Secure: the gateway may serve HTTP, and the cookie is no secret. Scripts have no use for it.
    private string Text(string cookie, string value) => string.Create(CultureInfo.InvariantCulture, $"{cookie}={value}; Max-Age={Seconds}; Path=/; HttpOnly; SameSite=Lax");
}
