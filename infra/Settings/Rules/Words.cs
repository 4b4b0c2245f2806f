using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings.Rules;

/// <summary>The words by which the configuration names the members of an enumeration.</summary>
internal static class Words
{
    /// <summary>Each member by its own name in camel case.</summary>
    public static IReadOnlyDictionary<string, T> Of<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().ToImmutableSortedDictionary(value => CamelCase($"{value}"), value => value, StringComparer.Ordinal);

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
