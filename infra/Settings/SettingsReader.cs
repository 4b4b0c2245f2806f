using System.Collections.Immutable;
using GopherMesh.Infra.Settings.Parsing;

namespace GopherMesh.Infra.Settings;

/// <summary>
/// Reads keys from a stack's configuration and collects everything that is wrong. A key that no one reads is unknown, so a setting
/// cannot be accepted and ignored.
/// </summary>
/// <param name="config">The stack's configuration by full key, as the engine passes it.</param>
public sealed class SettingsReader(IReadOnlyDictionary<string, string> config)
{
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
        _errors.AddRange(UnknownKeys.In(config, _keys));
        if (_errors.Count > 0)
        {
            throw new SettingsException([.. _errors]);
        }
    }

    // The engine adds the schema's defaults to the configuration, so only a value that differs from the default was chosen.
    private IEnumerable<SettingError> WithoutEffect(ClusterKind kind) =>
        from key in _keys
        where key.OnlyOn is { } only && only != kind && !_wrong.Contains(ClusterKeys.Kind) && !Json.Same(Text(key), key.Default)
        select new SettingError(key.FullName, Text(key), $"remove it: it has no effect where {ClusterKeys.Kind.Name} is {ClusterKeys.Word(kind)}");

    private IEnumerable<SettingError> Errors(SettingKey key, IEnumerable<Problem> problems) =>
        problems.Select(problem => new SettingError(key.FullName + problem.Member, problem.Found ?? Text(key), problem.Remedy));

    private string Text(SettingKey key) => config.GetValueOrDefault(key.FullName, key.Default);
}
