using System.Collections.Immutable;
using GopherMesh.Infra.Settings.Parsing;

namespace GopherMesh.Infra.Settings;

/// <summary>A rule over several settings. It applies only when each of them is sound by itself.</summary>
/// <param name="Reads">The settings it looks at; the first is the one to blame.</param>
/// <param name="Problems">The rule; pure. Yields nothing when it is kept.</param>
public sealed record SettingCheck(ImmutableArray<SettingKey> Reads, Func<StackSettings, IEnumerable<Problem>> Problems)
{
    /// <summary>A rule with one possible problem: <paramref name="remedy"/> where <paramref name="broken"/>.</summary>
    public static SettingCheck Refuse(ImmutableArray<SettingKey> reads, Func<StackSettings, bool> broken, Func<StackSettings, string> remedy) =>
        new(reads, settings => broken(settings) ? [new Problem(remedy(settings))] : []);
}
