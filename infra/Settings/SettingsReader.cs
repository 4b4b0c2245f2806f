using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>
/// Reads keys from a stack's configuration and collects everything that is wrong. A key that no one reads is unknown, so a setting
/// cannot be accepted and ignored.
/// </summary>
/// <param name="config">The stack's configuration by full key, as the engine passes it.</param>
public sealed class SettingsReader(IReadOnlyDictionary<string, string> config)
{
    // The stack creates its AWS provider itself, so a key that it does not pass on would have no effect.
    private const string NotHandedOn =
        "remove it: the stack's AWS provider takes only aws:region, aws:profile, aws:assumeRoles and aws:allowedAccountIds from here; the rest belongs in that profile";

    private readonly List<SettingKey> _keys = [];
    private readonly List<SettingError> _errors = [];
    private readonly HashSet<SettingKey> _wrong = [];

    /// <summary>The keys read so far.</summary>
    public ImmutableArray<SettingKey> Keys => [.. _keys];

    /// <summary>The value of <paramref name="key"/>; that of its default where it is absent or wrong.</summary>
    public T Read<T>(SettingKey<T> key)
    {
        _keys.Add(key);
        var parsed = key.Parse(Text(key));
        if (parsed.Problems.IsEmpty)
        {
            return parsed.Value;
        }

        _wrong.Add(key);
        _errors.AddRange(Errors(key, parsed.Problems));
        return key.Parse(key.Default).Value;
    }

    /// <summary>Applies the rules that concern more than one key, then reports whatever is wrong.</summary>
    /// <exception cref="SettingsException">Names every wrong setting.</exception>
    public void Verify(StackSettings settings, IEnumerable<SettingCheck> checks)
    {
        // A rule over a value that is wrong by itself would only add a misleading second error.
        var sound = checks.Where(check => !check.Reads.Any(_wrong.Contains));
        _errors.AddRange(sound.SelectMany(check => Errors(check.Reads[0], check.Problems(settings))));
        _errors.AddRange(WithoutEffect(settings.Cluster.Kind));
        _errors.AddRange(Unknown(Project.Name).Select(entry => new SettingError(entry.Key, entry.Value, NoSuchSetting(entry.Key))));
        _errors.AddRange(Unknown(Project.AwsNamespace).Select(entry => new SettingError(entry.Key, entry.Value, NotHandedOn)));
        if (_errors.Count > 0)
        {
            throw new SettingsException([.. _errors]);
        }
    }

    // The engine adds the schema's defaults to the configuration, so only a value that differs from the default was chosen.
    private IEnumerable<SettingError> WithoutEffect(ClusterKind kind) =>
        from key in _keys
        where key.OnlyOn is { } only && only != kind && !_wrong.Contains(ClusterSettings.KindKey) && !Json.Same(Text(key), key.Default)
        select new SettingError(key.FullName, Text(key), $"remove it: it has no effect where {ClusterSettings.KindKey.Name} is {Parse.Word(kind)}");

    private IEnumerable<SettingError> Errors(SettingKey key, IEnumerable<Problem> problems) =>
        problems.Select(problem => new SettingError(key.FullName + problem.Member, problem.Found ?? Text(key), problem.Remedy));

    private string Text(SettingKey key) => config.GetValueOrDefault(key.FullName, key.Default);

    private IEnumerable<KeyValuePair<string, string>> Unknown(string owner) =>
        from entry in config.OrderBy(entry => entry.Key, StringComparer.Ordinal)
        where entry.Key.StartsWith($"{owner}:", StringComparison.Ordinal) && !_keys.Any(key => key.FullName == entry.Key)
        select entry;

    private string NoSuchSetting(string key)
    {
        var near = Spelling.Nearest(key, _keys.Select(known => known.FullName));
        return $"remove it: there is no such setting; {(near is null ? "docs/settings.md lists them all" : $"the nearest is {near}")}";
    }
}

/// <summary>Finds the name that a misspelt name probably means.</summary>
internal static class Spelling
{
    /// <summary>The letters of a name for each allowed edit; one edit is always allowed.</summary>
    private const int LettersAnEdit = 4;

    /// <summary>
    /// The full name nearest to <paramref name="key"/>, letter case aside; null where none is near. An edit inserts, removes or replaces a
    /// letter; near means one edit for every four letters of the key without its namespace, or fewer.
    /// </summary>
    public static string? Nearest(string key, IEnumerable<string> names)
    {
        var most = Math.Max(1, key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..].Length / LettersAnEdit);
        return names
            .Select(name => (Name: name, Distance: Distance(key.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= most)
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

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

/// <summary>
/// One key of the stack's configuration: how its text becomes a value. Its type and description are in Pulumi.yaml's schema, and in
/// docs/settings.md, which is written from there.
/// </summary>
/// <param name="Name">The key without the project's namespace, e.g. <c>canaryWeight</c>.</param>
/// <param name="Default">The schema's default, in the form in which the engine passes it: JSON for arrays and objects.</param>
public abstract record SettingKey(string Name, string Default)
{
    /// <summary>The only kind of cluster on which the key has an effect; null when it has one on both.</summary>
    public ClusterKind? OnlyOn { get; init; }

    /// <summary>The key's namespace: this project, whose keys are in the schema of Pulumi.yaml, or a provider.</summary>
    public string Namespace { get; init; } = Project.Name;

    /// <summary>The name by which the engine and <c>pulumi config set</c> know the key.</summary>
    public string FullName => $"{Namespace}:{Name}";
}

/// <summary>A key whose value is a <typeparamref name="T"/>.</summary>
/// <param name="Name">See <see cref="SettingKey"/>.</param>
/// <param name="Default">See <see cref="SettingKey"/>.</param>
/// <param name="Parse">Turns the text into a value, or says what is wrong with it. Pure.</param>
public sealed record SettingKey<T>(string Name, string Default, Parser<T> Parse) : SettingKey(Name, Default);

/// <summary>A rule over several settings. It applies only when each of them is valid by itself.</summary>
/// <param name="Reads">The settings that it reads; the error names the first.</param>
/// <param name="Problems">The rule; pure. Yields nothing when it is kept.</param>
public sealed record SettingCheck(ImmutableArray<SettingKey> Reads, Func<StackSettings, IEnumerable<Problem>> Problems)
{
    /// <summary>A rule with one possible problem: <paramref name="remedy"/> where <paramref name="broken"/>.</summary>
    public static SettingCheck Refuse(ImmutableArray<SettingKey> reads, Func<StackSettings, bool> broken, Func<StackSettings, string> remedy) =>
        new(reads, settings => broken(settings) ? [new Problem(remedy(settings))] : []);
}
