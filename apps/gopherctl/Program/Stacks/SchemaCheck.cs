namespace GopherMesh.Gopherctl.Program.Stacks;

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
