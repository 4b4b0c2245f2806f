namespace GopherMesh.Infra.Settings;

/// <summary>Finds keys of the project's namespace that nothing reads, which are misspelt ones as a rule.</summary>
internal static class UnknownKeys
{
    public static IEnumerable<SettingError> In(IReadOnlyDictionary<string, string> config, IReadOnlyCollection<SettingKey> known)
    {
        var names = known.Select(key => key.FullName).ToHashSet();
        return InProject(config, names).Concat(OfTheProvider(config, names));
    }

    // The stack makes its AWS provider itself, and what it does not hand on would have no effect.
    private static IEnumerable<SettingError> OfTheProvider(IReadOnlyDictionary<string, string> config, HashSet<string> known) =>
        from entry in config.OrderBy(entry => entry.Key, StringComparer.Ordinal)
        where entry.Key.StartsWith($"{AwsKeys.Namespace}:", StringComparison.Ordinal) && !known.Contains(entry.Key)
        select new SettingError(
            entry.Key, entry.Value, "remove it: the stack's AWS provider takes only aws:region and aws:profile from here; the rest belongs in that profile");

    private static IEnumerable<SettingError> InProject(IReadOnlyDictionary<string, string> config, HashSet<string> names) =>
        from entry in config.OrderBy(entry => entry.Key, StringComparer.Ordinal)
        where entry.Key.StartsWith($"{Project.Name}:", StringComparison.Ordinal) && !names.Contains(entry.Key)
        select new SettingError(entry.Key, entry.Value, $"remove it: there is no such setting; the nearest is {Nearest(entry.Key, names)}");

    private static string Nearest(string key, IEnumerable<string> names) =>
        names.OrderBy(name => Distance(key.ToUpperInvariant(), name.ToUpperInvariant())).ThenBy(name => name, StringComparer.Ordinal).First();

    // Levenshtein's distance, one row of the table at a time.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < right.Length; j++)
            {
                var substituted = diagonal + (left[i] == right[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(substituted, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[^1];
    }
}
