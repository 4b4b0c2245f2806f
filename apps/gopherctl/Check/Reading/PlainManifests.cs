using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Render;

namespace GopherMesh.Gopherctl.Check.Reading;

/// <summary>A folder of objects as others have them: what kubectl applies, kustomize builds or helm template writes. Of a stack it knows no more.</summary>
internal static class PlainManifests
{
    /// <summary>What stands where a stack's name does: no stack has it.</summary>
    public const string Stack = "(a folder of manifests)";

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Whether a folder is none of ours: it has neither what the program declared nor what render leaves beside it.</summary>
    public static bool Is(IReadOnlyDictionary<string, string> files) =>
        !files.ContainsKey(ResourcesFile.Name)
        && !files.ContainsKey(OutputFolder.ListFile)
        && !files.Keys.Any(path => path.StartsWith("helm/", StringComparison.Ordinal))
        && files.Keys.Any(IsManifest);

    /// <summary>Reads every object of every YAML and JSON file; files of other kinds are left alone.</summary>
    /// <exception cref="UserException">A file is broken, or contains something that is not an object, or two objects have one name.</exception>
    public static RenderedStack Read(IReadOnlyDictionary<string, string> files)
    {
        var manifests = files.Where(file => IsManifest(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal)
            .SelectMany(file => Objects(file.Key, file.Value)).ToList();
        var twice = manifests.GroupBy(manifest => (manifest.Manifest.ApiVersion.Split('/')[0], manifest.Manifest.Kind, manifest.Space, manifest.Manifest.Name))
            .FirstOrDefault(same => same.Count() > 1);
        return twice is null
            ? new RenderedStack(new Declaration(Stack, [], []), manifests, [])
            : throw new UserException(
                $"{twice.First().Manifest.DisplayName} is there twice",
                string.Join(", ", twice.Select(manifest => manifest.Path).Distinct()),
                "Name a folder with what is applied together.");
    }

    /// <summary>Whether kubectl would read a file of this name.</summary>
    public static bool IsManifest(string path) => Extensions.Contains(Path.GetExtension(path));

    private static IEnumerable<RenderedManifest> Objects(string path, string text) =>
        from file in YamlFile.ParseManifests(path, text)
        where file.Root.Children.Count > 0
        // Read as JSON once more, so that a number is one whatever type YAML's parser made of it.
        let document = JsonNode.Parse(file.ToJson(file.Root)!.ToJsonString())!.AsObject()
        from body in ItemsOf(document, path)
        select new RenderedManifest(path, new Manifest(
            Required(body, "apiVersion", path), Required(body, "kind", path), body.Text("metadata.namespace"), Required(body, "metadata.name", path), body))
        {
            Line = (int)file.Root.Start.Line,
        };

    /// <summary>The objects of a List, or of a list of one kind such as a ServiceList; any other object is itself.</summary>
    private static IEnumerable<JsonObject> ItemsOf(JsonObject document, string path) =>
        document.Text("kind")?.EndsWith("List", StringComparison.Ordinal) == true && document["items"] is JsonArray items
            ? items.Select((item, index) => item as JsonObject ?? throw new UserException(
                $"items[{index}] of the {document.Text("kind")} is no object", path, "Check objects of Kubernetes alone."))
            : [document];

    private static string Required(JsonObject body, string field, string path) => body.Text(field) ?? throw new UserException(
        $"an object has no {field}", path, "Check objects of Kubernetes alone; build them first with helm template or kubectl kustomize.");
}
