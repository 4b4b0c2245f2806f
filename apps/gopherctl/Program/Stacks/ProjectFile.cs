using GopherMesh.Gopherctl.Cli;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>Pulumi.yaml: the project's name and the schema of its config.</summary>
/// <param name="Name">The project's name, which is the namespace of its keys.</param>
/// <param name="StackFolder">The folder of the stack files.</param>
/// <param name="Schema">Every declared key.</param>
internal sealed record ProjectFile(string Name, string StackFolder, IReadOnlyDictionary<ConfigKey, ConfigDeclaration> Schema)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "Pulumi.yaml";

    private static readonly string[] KnownKeys =
    [
        "name", "runtime", "main", "description", "author", "website", "license", "config", "stackConfigDir", "template", "backend", "options",
        "packages", "plugins", "requiredPulumiVersion",
    ];

    /// <summary>Reads the Pulumi.yaml of a folder.</summary>
    /// <exception cref="UserException">There is no such file, the engine would refuse it, or it has something that gopherctl does not know.</exception>
    public static ProjectFile Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new UserException("there is no Pulumi project here", path, "Run gopherctl from the repository.");
        }

        var file = YamlFile.Read(path);
        var entries = file.Entries(file.Root, "the project").ToList();
        foreach (var (key, keyNode, _) in entries)
        {
            if (!KnownKeys.Contains(key))
            {
                throw file.Error(keyNode, $"unknown key '{key}'", $"The keys are {string.Join(", ", KnownKeys)}.");
            }
        }

        var name = Text(file, entries, "name") ?? throw file.Error(file.Root, "the project has no name", "Add name: gopher-mesh.");
        return new ProjectFile(name, Path.GetFullPath(Path.Combine(folder, Text(file, entries, "stackConfigDir") ?? ".")), ReadSchema(file, entries, name));
    }

    private static string? Text(YamlFile file, IEnumerable<(string Key, YamlNode KeyNode, YamlNode Value)> entries, string key) =>
        entries.FirstOrDefault(entry => entry.Key == key).Value switch
        {
            null => null,
            YamlScalarNode { Value: { Length: > 0 } text } => text,
            var node => throw file.Error(node, $"'{key}' must be a text"),
        };

    private static Dictionary<ConfigKey, ConfigDeclaration> ReadSchema(
        YamlFile file, IEnumerable<(string Key, YamlNode KeyNode, YamlNode Value)> entries, string project)
    {
        var schema = new Dictionary<ConfigKey, ConfigDeclaration>();
        var config = entries.FirstOrDefault(entry => entry.Key == "config").Value;
        foreach (var (text, keyNode, value) in config is null ? [] : file.Entries(config, "'config'"))
        {
            var key = ConfigKey.Parse(text, project) ?? throw file.Error(keyNode, $"'{text}' is no config key", "A key is written name or namespace:name.");
            if (!schema.TryAdd(key, ConfigDeclaration.Read(file, key, value, isOwn: key.Namespace == project)))
            {
                throw file.Error(keyNode, $"'{key}' is declared twice");
            }
        }

        return schema;
    }
}
