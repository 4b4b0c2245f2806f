using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Stacks;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// The Pulumi program as it was built with gopherctl, so that an update does not build it again: the language host starts
/// <c>runtime.options.binary</c> as it is (pulumi-dotnet, pulumi-language-dotnet/main.go). ./gopherctl builds both whenever a source is newer.
/// </summary>
internal static class BuiltProgram
{
    private const string Name = "Infra";

    // In an update's message, so that the stack's history knows what was deployed.
    private const string Mark = "; program ";

    private static string Folder => AppContext.BaseDirectory;

    /// <summary>
    /// The assemblies that an update starts now, by file, each with the id that its compiler gave it: the same content has the same id, machine code
    /// for it too.
    /// </summary>
    public static IReadOnlyDictionary<string, Guid> Assemblies()
    {
        // What it loads stands in its list of dependencies; the build writes none where it only copies the program.
        var list = Path.Combine(Folder, $"{Name}.deps.json");
        var targets = File.Exists(list) ? JsonNodes.Parsed(File.ReadAllText(list), list).At("targets") as JsonObject : null;
        var loaded =
            from target in targets ?? []
            from library in target.Value as JsonObject ?? []
            from file in library.Value?["runtime"] as JsonObject ?? []
            select Path.GetFileName(file.Key);
        return loaded.Append($"{Name}.dll").Distinct().Order(StringComparer.Ordinal).ToDictionary(file => file, file => IdOf(Path.Combine(Folder, file)));
    }

    /// <summary>A message of an update, with which program it deploys.</summary>
    /// <param name="message">What the update is for.</param>
    public static string Marked(string message) => $"{message}{Mark}{Stamp()}";

    /// <summary>Whether an update deployed the program as it is built now; also where its message says nothing of it.</summary>
    /// <param name="message">The update's message.</param>
    public static bool IsOf(string message) => message.Split(Mark) is not [_, var stamp] || stamp == Stamp();

    private static string Stamp() => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Assemblies().Select(assembly => $"{assembly.Key} {assembly.Value}")))))[..10];

    // While a build writes it, it has none.
    private static Guid IdOf(string path)
    {
        try
        {
            using var image = new PEReader(File.OpenRead(path));
            var metadata = image.GetMetadataReader();
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        }
        catch (Exception unreadable) when (unreadable is IOException or BadImageFormatException or InvalidOperationException)
        {
            return Guid.Empty;
        }
    }

    /// <summary>The command for a stack, whose updates start the built program.</summary>
    /// <exception cref="UserException">There is no such stack, the program has not been built, or pulumi is not installed.</exception>
    public static PulumiCli PulumiFor(string stack)
    {
        var root = RepositoryRoot.Find();
        _ = EffectiveConfig.Read(root, stack, []);
        return new PulumiCli(WriteProject(root), stack).Installed();
    }

    /// <summary>Writes a project file beside the build's outputs: the same project and stacks, and the built program in place of the sources.</summary>
    /// <param name="root">The repository's root.</param>
    /// <returns>The folder in which <c>pulumi</c> is to run.</returns>
    /// <exception cref="UserException">The program has not been built.</exception>
    public static string WriteProject(string root)
    {
        // gopherctl references it, so it lies beside it with what starts it, as it was built or compiled to machine code.
        var program = Path.Combine(Folder, $"{Name}.dll");
        if (!File.Exists(program))
        {
            throw new UserException("the Pulumi program has not been built", program, "Run ./gopherctl, which builds what it needs, from the repository.");
        }

        // Of this checkout alone: the project file names its stacks.
        var folder = Path.Combine(root, "artifacts", "deploy");
        Directory.CreateDirectory(folder);
        var yaml = new YamlStream();
        using (var source = new StreamReader(Path.Combine(root, "Pulumi.yaml")))
        {
            yaml.Load(source);
        }

        var project = (YamlMappingNode)yaml.Documents[0].RootNode;
        project.Children[new YamlScalarNode("runtime")] = new YamlMappingNode(
            new YamlScalarNode("name"), new YamlScalarNode("dotnet"),
            new YamlScalarNode("options"), new YamlMappingNode(new YamlScalarNode("binary"), new YamlScalarNode(program)));
        project.Children[new YamlScalarNode("stackConfigDir")] = new YamlScalarNode(Path.GetRelativePath(folder, root));
        project.Children.Remove(new YamlScalarNode("main"));

        // In one step: another gopherctl may be reading it.
        var path = Path.Combine(folder, "Pulumi.yaml");
        var written = $"{path}.{Environment.ProcessId}";
        using (var target = new StreamWriter(written))
        {
            yaml.Save(target, assignAnchors: false);
        }

        File.Move(written, path, overwrite: true);
        return folder;
    }
}
