namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>A config key with its namespace; a key without one belongs to the project (pulumi sdk/go/common/resource/config/key.go).</summary>
/// <param name="Namespace">The project's name, or a package's such as `aws`.</param>
/// <param name="Name">The key within the namespace.</param>
internal sealed record ConfigKey(string Namespace, string Name)
{
    /// <summary>Reads `name`, `namespace:name` or the old `namespace:config:name`; null for anything else.</summary>
    public static ConfigKey? Parse(string text, string project) => text.Split(':') switch
    {
        [var name] when name.Length > 0 => new ConfigKey(project, name),
        [var space, var name] when space.Length > 0 && name.Length > 0 => new ConfigKey(space, name),
        [var space, "config", var name] when space.Length > 0 && name.Length > 0 => new ConfigKey(space, name),
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}:{Name}";
}
