using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Program.Stacks;

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
