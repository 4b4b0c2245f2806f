using System.Text.RegularExpressions;
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
            var key = ConfigKey.Parse(text, project) ?? throw file.Error(keyNode, $"'{text}' is not a config key", "A key is written name or namespace:name.");
            if (!schema.TryAdd(key, ConfigDeclaration.Read(file, key, value, isOwn: key.Namespace == project)))
            {
                throw file.Error(keyNode, $"'{key}' is declared twice");
            }
        }

        return schema;
    }
}

/// <summary>Pulumi.STACK.yaml: the values that a stack sets.</summary>
internal static partial class StackFile
{
    /// <summary>Keys beside `config` that belong to the engine's encryption and have no effect on what is declared.</summary>
    private static readonly string[] EncryptionKeys = ["secretsprovider", "encryptedkey", "encryptionsalt"];

    /// <summary>The path of a stack's file.</summary>
    public static string PathOf(ProjectFile project, string stack) => Path.Combine(project.StackFolder, $"Pulumi.{stack}.yaml");

    /// <summary>Reads the values of a stack.</summary>
    /// <exception cref="UserException">No such stack, broken YAML, an unknown or doubled key, or an ESC environment.</exception>
    public static Dictionary<ConfigKey, (ConfigValue Value, string Where)> Read(ProjectFile project, string stack)
    {
        var file = YamlFile.Read(Existing(project, stack));
        var values = new Dictionary<ConfigKey, (ConfigValue, string)>();
        foreach (var (key, keyNode, node) in file.Entries(file.Root, "the stack"))
        {
            if (key == "environment")
            {
                throw file.Error(keyNode, "'environment' imports values from Pulumi ESC, which gopherctl cannot open", "Write the values into config, or give them with --set.");
            }

            if (key == "config")
            {
                AddConfig(file, file.Entries(node, "'config'"), project, values);
            }
            else if (!EncryptionKeys.Contains(key))
            {
                throw file.Error(keyNode, $"unknown key '{key}'", $"A stack has config, environment, {string.Join(", ", EncryptionKeys)}.");
            }
        }

        return values;
    }

    private static void AddConfig(
        YamlFile file,
        IEnumerable<(string Key, YamlDotNet.RepresentationModel.YamlNode KeyNode, YamlDotNet.RepresentationModel.YamlNode Value)> entries,
        ProjectFile project,
        Dictionary<ConfigKey, (ConfigValue, string)> values)
    {
        foreach (var (text, keyNode, node) in entries)
        {
            var key = ConfigKey.Parse(text, project.Name) ?? throw file.Error(keyNode, $"'{text}' is not a config key", "A key is written name or namespace:name.");
            RefuseRewrittenNumber(file, node, project.Schema.GetValueOrDefault(key)?.Type);
            if (!values.TryAdd(key, (ConfigValue.FromStack(file.ToJson(node)), $"{file.Name}, line {keyNode.Start.Line}, column {keyNode.Start.Column}")))
            {
                throw file.Error(keyNode, $"'{key}' is set twice");
            }
        }
    }

    /// <summary>YAML reads 1.40 as the number 1.4, so the program would get 1.4. In a key of type string the author meant the text as written.</summary>
    private static void RefuseRewrittenNumber(YamlFile file, YamlDotNet.RepresentationModel.YamlNode node, ConfigType? type)
    {
        if (type is { Name: "string" }
            && node is YamlDotNet.RepresentationModel.YamlScalarNode { Value: { } written, Style: YamlDotNet.Core.ScalarStyle.Plain } scalar
            && YamlScalar.Resolve(scalar) is { } value
            && value.GetValueKind() == System.Text.Json.JsonValueKind.Number
            && value.ToJsonString() is var read && read != written)
        {
            throw file.Error(node, $"{written} is the number {read} to YAML, and that is what the program would get", "Put it in quotes.");
        }
    }

    private static string Existing(ProjectFile project, string stack)
    {
        if (!StackName().IsMatch(stack))
        {
            throw new UserException($"'{stack}' is not the name of a stack", "--stack", "A name has letters, digits, '-', '_' and '.', at most 100 of them.");
        }

        var path = PathOf(project, stack);
        if (File.Exists(path))
        {
            return path;
        }

        var stacks = Directory.EnumerateFiles(project.StackFolder, "Pulumi.*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file)["Pulumi.".Length..])
            .Order(StringComparer.Ordinal);
        throw new UserException($"there is no stack '{stack}'", Path.GetFileName(path), $"The stacks are: {string.Join(", ", stacks)}.");
    }

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,100}$")]
    private static partial Regex StackName();
}

/// <summary>Finds the folder of the project that gopherctl works on.</summary>
public static class RepositoryRoot
{
    /// <summary>The variable by which the gopherctl script passes the folder.</summary>
    public const string Variable = "GOPHER_MESH_ROOT";

    /// <summary>The folder of Pulumi.yaml: the script's, or the nearest one at or above the working directory.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static string Find() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } told
            ? Path.GetFullPath(told)
            : Infra.Images.RepositoryRoot.AtOrAbove(Directory.GetCurrentDirectory())
                ?? throw new UserException($"no {ProjectFile.FileName} here or above", Directory.GetCurrentDirectory(), "Run gopherctl from the repository.");
}
