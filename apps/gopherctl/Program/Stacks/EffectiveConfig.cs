using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>The config of one stack as the program gets it from the engine: the stack's values, and the schema's defaults for the others.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Stack">The stack's name.</param>
/// <param name="Values">Text by `namespace:key`; objects and arrays are JSON texts.</param>
/// <param name="Unavailable">The encrypted values, each with its place; <see cref="ConfigValue.Unavailable"/> replaces them.</param>
/// <param name="SchemaErrors">What the engine would refuse before the program runs, by key, in the engine's words.</param>
public sealed record EffectiveConfig(
    string Project,
    string Stack,
    IReadOnlyDictionary<string, string> Values,
    IReadOnlyList<string> Unavailable,
    IReadOnlyDictionary<string, string> SchemaErrors)
{
    /// <summary>Reads Pulumi.yaml and a stack's file in a folder, and replaces values by those of the command line.</summary>
    /// <exception cref="UserException">Anything that cannot be read; the schema's errors are in <see cref="SchemaErrors"/>.</exception>
    public static EffectiveConfig Read(string folder, string stack, IEnumerable<string> settings)
    {
        var project = ProjectFile.Read(folder);
        var stackValues = StackFile.Read(project, stack);
        var overrides = SetOption.Read(project, settings);
        var values = stackValues.ToDictionary(pair => pair.Key, pair => pair.Value.Value);
        foreach (var (key, value) in overrides)
        {
            values[key] = value;
        }

        foreach (var (key, declaration) in project.Schema)
        {
            if (declaration.Default is { } value)
            {
                values.TryAdd(key, new ConfigValue(value, IsSecret: false));
            }
        }

        return new EffectiveConfig(
            project.Name,
            stack,
            new SortedDictionary<string, string>(values.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.Text), StringComparer.Ordinal),
            [.. stackValues.Where(pair => values[pair.Key].IsSecret).Select(pair => $"{pair.Value.Where}: {pair.Key}")],
            SchemaCheck.Errors(project, stack, values));
    }

    /// <summary>The files that <see cref="Read"/> reads.</summary>
    public static IReadOnlyList<string> Files(string folder, string stack) =>
        [Path.Combine(folder, ProjectFile.FileName), StackFile.PathOf(ProjectFile.Read(folder), stack)];

    /// <summary>The text of one of the project's own keys; empty where it has no value.</summary>
    /// <param name="key">The key, without the project's name.</param>
    public string Value(string key) => Values.GetValueOrDefault($"{Project}:{key}", "");

    /// <summary>The environment variable PULUMI_CONFIG, by which the language host hands config to the program.</summary>
    public string ToJson() => JsonSerializer.Serialize(Values);
}

/// <summary>The engine's checks of a stack against Pulumi.yaml, in its words (pulumi pkg/workspace/config.go), but all of them instead of the first.</summary>
internal static class SchemaCheck
{
    /// <summary>The errors by `namespace:key`, in the keys' order.</summary>
    public static SortedDictionary<string, string> Errors(ProjectFile project, string stack, IReadOnlyDictionary<ConfigKey, ConfigValue> values)
    {
        var errors = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, declaration) in project.Schema)
        {
            if (Error(project, stack, key, declaration, values.GetValueOrDefault(key)) is { } error)
            {
                errors[key.ToString()] = error;
            }
        }

        return errors;
    }

    private static string? Error(ProjectFile project, string stack, ConfigKey key, ConfigDeclaration declaration, ConfigValue? value) => value switch
    {
        null when key.Namespace == project.Name => $"Stack '{stack}' is missing configuration value '{key.Name}'",
        null => null,
        { IsSecret: true } => null,
        _ when declaration.IsSecret => $"Stack '{stack}' with configuration key '{key.Name}' must be encrypted as it's secret",
        _ when declaration.Type is { } type && !type.Accepts(value.Checked) => $"Stack '{stack}' with configuration key '{key.Name}' must be of type '{type}'",
        _ => null,
    };
}

/// <summary>`--set key=value`: one value that replaces the stack's own, as `pulumi config set` would store it.</summary>
internal static class SetOption
{
    /// <summary>Reads the settings; a value whose type in the schema is object or array is written as JSON or YAML.</summary>
    /// <exception cref="UserException">No `=`, no key, a key given twice, or broken JSON or YAML.</exception>
    public static Dictionary<ConfigKey, ConfigValue> Read(ProjectFile project, IEnumerable<string> settings)
    {
        var values = new Dictionary<ConfigKey, ConfigValue>();
        foreach (var setting in settings)
        {
            var (text, value) = setting.Split('=', 2) is [var left, var right] ? (left, right) : (setting, null);
            if (value is null || ConfigKey.Parse(text, project.Name) is not { } key)
            {
                throw new UserException($"'{setting}' is not key=value", "--set", "Write for example --set canaryWeight=50.");
            }

            if (!values.TryAdd(key, new ConfigValue(Content(project, key, value), IsSecret: false)))
            {
                throw new UserException($"'{key}' is given twice", "--set", "Give it once.");
            }
        }

        return values;
    }

    private static JsonNode? Content(ProjectFile project, ConfigKey key, string value)
    {
        if (!project.Schema.TryGetValue(key, out var declaration) || declaration.Type is not { IsStructured: true })
        {
            return JsonValue.Create(value);
        }
        // The key around the value allows a list at the top; an error's position is the one within the value.
        var file = YamlFile.Parse($"--set {key.Name}", $"value:\n  {value.ReplaceLineEndings("\n  ")}\n");
        return file.ToJson(file.Root.Children.Single().Value);
    }
}
