using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Render;

namespace GopherMesh.Gopherctl.Check.Reading;

/// <summary>
/// Reads a rendering: every file, and each against resources.json, so that nothing is checked in part. A resource without its file, or a
/// file without its resource, is an error.
/// </summary>
internal static class RenderingReader
{
    private const string Remedy = "Render again, into a new folder: ./gopherctl render --out FOLDER.";

    /// <summary>Reads the texts of a rendering by their paths below its folder.</summary>
    /// <exception cref="UserException">A file is missing, broken, or not from a rendering.</exception>
    public static RenderedStack Read(IReadOnlyDictionary<string, string> files)
    {
        if (PlainManifests.Is(files))
        {
            return PlainManifests.Read(files);
        }

        var declaration = ReadDeclaration(files);
        var manifests = FilesIn("manifests", files).Select(path => ReadManifest(path, files[path])).ToList();
        var releases = FilesIn("helm", files).Select(path => ReadRelease(path, files[path])).ToList();
        if (files.Keys.FirstOrDefault(IsForeign) is { } foreign)
        {
            throw new UserException($"'{foreign}' is not from a rendering", foreign, Remedy);
        }

        Match(
            Planned(() => KubernetesObjects.Plan(declaration).Select(planned => planned.Manifest.DisplayName)),
            manifests.Select(manifest => (manifest.Manifest.DisplayName, manifest.Path)));
        Match(
            Planned(() => KubernetesObjects.Releases(declaration).Select(release => $"Helm release {release.Name}")),
            releases.Select(release => (release.DisplayName, release.Path)));
        return new RenderedStack(declaration, manifests, releases);
    }

    private static IEnumerable<string> FilesIn(string folder, IReadOnlyDictionary<string, string> files) =>
        files.Keys.Where(path => IsIn(folder, path)).Order(StringComparer.Ordinal);

    private static bool IsIn(string folder, string path) =>
        Path.GetDirectoryName(path) == folder && Path.GetExtension(path) == ".yaml";

    private static bool IsForeign(string path) =>
        !IsIn("manifests", path) && !IsIn("helm", path) && path is not (ResourcesFile.Name or OutputFolder.ListFile);

    private static Declaration ReadDeclaration(IReadOnlyDictionary<string, string> files)
    {
        if (!files.TryGetValue(ResourcesFile.Name, out var text))
        {
            throw new UserException($"there is no {ResourcesFile.Name}, so this is not a rendering", ResourcesFile.Name, Remedy);
        }

        try
        {
            var declaration = ResourcesFile.Parse(text).ToDeclaration();
            ReferenceCheck.Run(declaration.Resources);
            return declaration;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new UserException($"not as render writes it: {exception.Message}", ResourcesFile.Name, Remedy);
        }
    }

    private static RenderedManifest ReadManifest(string path, string text)
    {
        var body = ReadYaml(path, text);
        return new RenderedManifest(path, new Manifest(
            Required(body, "apiVersion", path),
            Required(body, "kind", path),
            body.Text("metadata.namespace"),
            Required(body, "metadata.name", path),
            body));
    }

    private static RenderedRelease ReadRelease(string path, string text)
    {
        var document = ReadYaml(path, text);
        return RenderedRelease.Of(path, Required(document, "name", path), document);
    }

    private static JsonObject ReadYaml(string path, string text)
    {
        var file = YamlFile.Parse(path, text);
        // Read as JSON once more, so that a number is one whatever type YAML's parser made of it.
        return JsonNode.Parse(file.ToJson(file.Root)!.ToJsonString())!.AsObject();
    }

    private static string Required(JsonObject body, string field, string path) =>
        body.Text(field) ?? throw new UserException($"there is no {field}", path, Remedy);

    private static List<string> Planned(Func<IEnumerable<string>> plan)
    {
        try
        {
            return [.. plan()];
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException)
        {
            throw new UserException(exception.Message, ResourcesFile.Name, Remedy);
        }
    }

    private static void Match(IReadOnlyList<string> planned, IEnumerable<(string Name, string Path)> read)
    {
        var found = read.ToLookup(file => file.Name, file => file.Path);
        if (planned.FirstOrDefault(name => !found.Contains(name)) is { } missing)
        {
            throw new UserException($"{missing} has no file", ResourcesFile.Name, Remedy);
        }

        if (found.FirstOrDefault(files => files.Count() > 1) is { } twice)
        {
            throw new UserException($"{twice.Key} is there twice", string.Join(", ", twice), Remedy);
        }

        if (found.FirstOrDefault(files => !planned.Contains(files.Key)) is { } foreign)
        {
            throw new UserException($"{foreign.Key} is not in {ResourcesFile.Name}", foreign.Single(), Remedy);
        }
    }
}

/// <summary>The folder that `render` filled, here or on someone else's machine.</summary>
internal static class RenderingFolder
{
    /// <summary>
    /// All its files by their paths below it, with forward slashes, and the texts of those that hold objects: a folder of others may hold anything else.
    /// </summary>
    /// <exception cref="UserException">It is not there, or cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        try
        {
            return TextFile.AllIn(folder).ToDictionary(
                file => Path.GetRelativePath(folder, file).Replace('\\', '/'), file => PlainManifests.IsManifest(file) && !TextFile.IsEmpty(file) ? TextFile.Read(file) : "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException(exception.Message, folder, "Name a folder that ./gopherctl render has filled, or one of manifests.");
        }
    }
}

/// <summary>The URNs in resources.json: each resource has one of its own, and names only those of others that are there.</summary>
internal static class ReferenceCheck
{
    /// <summary>Checks every reference.</summary>
    /// <exception cref="JsonException">One is wrong.</exception>
    public static void Run(IReadOnlyList<DeclaredResource> resources)
    {
        var all = resources.Select(resource => resource.Urn).ToHashSet();
        var before = new HashSet<string>();
        foreach (var resource in resources)
        {
            // A parent is constructed first; to insist on it also keeps a circle of parents out.
            if (resource.Parent is { } parent && !before.Contains(parent))
            {
                throw new JsonException($"the parent of {resource.Urn} is not among the resources before it: {parent}");
            }

            if (!before.Add(resource.Urn))
            {
                throw new JsonException($"{resource.Urn} is there twice");
            }

            if (References(resource).FirstOrDefault(urn => !all.Contains(urn)) is { } unknown)
            {
                throw new JsonException($"{resource.Urn} refers to a resource that is not there: {unknown}");
            }
        }
    }

    private static IEnumerable<string> References(DeclaredResource resource) =>
        resource.DependsOn.Append(resource.Provider).Append(resource.DeletedWith).OfType<string>();
}
